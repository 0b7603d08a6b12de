"""A customer that has an owner keeps one."""

from accounts.models import Customer, Membership, Role
from accounts.queries.team import has_another_owner


class LastOwner(ValueError):
    """Without an owner nobody could invite anybody."""


class NoLongerOfTheTeam(ValueError):
    """The person was removed meanwhile."""


def locked_place(*, membership: Membership) -> Membership:
    """
    Return the membership as it is now; whatever changes its customer's people waits.

    :raises NoLongerOfTheTeam:
    """
    Customer.objects.select_for_update().get(pk=membership.customer_id)
    found = Membership.objects.select_related("user").filter(pk=membership.pk).first()
    if found is None:
        raise NoLongerOfTheTeam(f"{membership.user} was removed meanwhile.")
    return found


def keep_an_owner(*, without: Membership) -> None:
    """
    Pass where the customer has an owner also without this one.

    :raises LastOwner:
    """
    if without.role == Role.OWNER and not has_another_owner(membership=without):
        raise LastOwner(f"{without.user} is the only owner. Make somebody else an owner first.")
