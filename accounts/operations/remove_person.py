"""Taking a person from a customer."""

from django.db import transaction

from accounts.models import Membership
from accounts.operations.keep_an_owner import keep_an_owner, locked_place


@transaction.atomic
def remove_person(*, membership: Membership) -> None:
    """
    End the membership and nothing else: the account stays, and so does what the person did.

    :raises LastOwner: the only owner stays.
    :raises NoLongerOfTheTeam:
    """
    place = locked_place(membership=membership)
    keep_an_owner(without=place)
    place.delete()
