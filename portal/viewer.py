"""Who looks at a customer's pages, and what that person may do there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accounts.models import Customer, Membership, Role, StaffVisit, User
from accounts.queries.open_visits import open_visits


class Right(StrEnum):
    """What a page asks for."""

    LOOK = "look"
    CALL_DETAILS = "call_details"
    ASK = "ask"
    EDIT = "edit"
    MANAGE_TEAM = "manage_team"


RIGHTS_OF_ROLE = {
    Role.OWNER: frozenset(Right),
    Role.BILLING: frozenset({Right.LOOK, Right.CALL_DETAILS, Right.ASK, Right.EDIT}),
    Role.READ_ONLY: frozenset({Right.LOOK, Right.CALL_DETAILS}),
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """
    A person on the pages of one customer: one of its own, or staff on a recorded visit.

    Staff on a visit look, and do nothing else; at single calls only with the right to events.
    """

    user: User
    customer: Customer
    membership: Membership | None
    visit: StaffVisit | None

    def may(self, right: Right) -> bool:
        """Return whether this person may do that here."""
        if self.membership is None:
            return right is Right.LOOK or (
                right is Right.CALL_DETAILS and self.user.has_perm("usage.view_event")
            )
        return right in RIGHTS_OF_ROLE[Role(self.membership.role)]

    @property
    def may_see_call_details(self) -> bool:
        """Return whether this person may look at single events."""
        return self.may(Right.CALL_DETAILS)

    @property
    def may_ask(self) -> bool:
        """Return whether this person may put questions to staff."""
        return self.may(Right.ASK)

    @property
    def may_edit(self) -> bool:
        """Return whether this person may change the customer's details."""
        return self.may(Right.EDIT)

    @property
    def may_manage_team(self) -> bool:
        """Return whether this person may invite and remove people."""
        return self.may(Right.MANAGE_TEAM)


def viewer_of(*, user: User, customer_id: str, now: datetime) -> Viewer | None:
    """
    Return this person as viewer of the customer with this public id.

    None where the id is no customer's or the person has nothing to do with it: the two are
    not told apart. One's own membership goes before a visit, and a visit is over some hours
    after it began.
    """
    uid = Customer.uid_of(customer_id)
    if uid is None:
        return None
    related = ("customer__brand", "customer__legal_entity", "customer__test_clock")
    membership = (
        Membership.objects.filter(user=user, customer__uid=uid).select_related(*related).first()
    )
    if membership is not None:
        return Viewer(user, membership.customer, membership, None)
    if not (user.is_staff and user.has_perm("accounts.view_as_customer")):
        return None
    visit = (
        open_visits(now=now).filter(staff=user, customer__uid=uid).select_related(*related).first()
    )
    return None if visit is None else Viewer(user, visit.customer, None, visit)
