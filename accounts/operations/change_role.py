"""Giving a person of a customer another role."""

from django.db import transaction

from accounts.models import Membership, Role
from accounts.operations.keep_an_owner import keep_an_owner, locked_place


@transaction.atomic
def change_role(*, membership: Membership, role: Role) -> Membership:
    """
    Return the membership with this role.

    :raises LastOwner: the only owner stays one.
    :raises NoLongerOfTheTeam:
    """
    place = locked_place(membership=membership)
    if role != Role.OWNER:
        keep_an_owner(without=place)
    if place.role != role:
        place.role = role
        place.save(update_fields=["role"])
    return place
