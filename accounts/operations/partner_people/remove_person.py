"""Taking a person from a partner."""

from django.db import transaction

from accounts.models import PartnerMembership
from accounts.operations.partner_people.keep_an_owner import keep_an_owner, locked_place


@transaction.atomic
def remove_person(*, membership: PartnerMembership) -> None:
    """
    End the membership and nothing else: account and API keys stay, which others revoke.

    :raises LastOwner: the only owner stays.
    :raises NoLongerOfTheTeam:
    """
    place = locked_place(membership=membership)
    keep_an_owner(without=place)
    place.delete()
