"""A partner that has an owner keeps one."""

from accounts.models import Partner, PartnerMembership, PartnerRole
from accounts.operations.keep_an_owner import LastOwner, NoLongerOfTheTeam
from accounts.queries.partner_team import has_another_owner


def locked_place(*, membership: PartnerMembership) -> PartnerMembership:
    """
    Return the membership as it is now; whatever changes its partner's people waits.

    :raises NoLongerOfTheTeam:
    """
    Partner.objects.select_for_update().get(pk=membership.partner_id)
    found = PartnerMembership.objects.select_related("user").filter(pk=membership.pk).first()
    if found is None:
        raise NoLongerOfTheTeam(f"{membership.user} was removed meanwhile.")
    return found


def keep_an_owner(*, without: PartnerMembership) -> None:
    """
    Pass where the partner has an owner also without this one.

    :raises LastOwner:
    """
    if without.role == PartnerRole.OWNER and not has_another_owner(membership=without):
        raise LastOwner(f"{without.user} is the only owner. Make somebody else an owner first.")
