"""Giving a person of a partner another role."""

from django.db import transaction

from accounts.models import PartnerMembership, PartnerRole
from accounts.operations.partner_people.keep_an_owner import keep_an_owner, locked_place


@transaction.atomic
def change_role(*, membership: PartnerMembership, role: PartnerRole) -> PartnerMembership:
    """
    Return the membership with this role.

    :raises LastOwner: the only owner stays one.
    :raises NoLongerOfTheTeam:
    """
    place = locked_place(membership=membership)
    if role != PartnerRole.OWNER:
        keep_an_owner(without=place)
    if place.role != role:
        place.role = role
        place.save(update_fields=["role"])
    return place
