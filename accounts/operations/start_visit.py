"""Staff begin to look at a customer's pages as that customer sees them."""

from datetime import datetime

from django.db import transaction

from accounts.models import Customer, StaffVisit, User
from accounts.operations.end_visit import end_open_visits


class ReasonMissing(ValueError):
    """Whoever looks at a customer's pages says why; it stays on record."""


def start_visit(*, staff: User, customer: Customer, reason: str, now: datetime) -> StaffVisit:
    """
    Return the new visit; earlier ones of this person end, whatever customer they are to.

    :raises ReasonMissing:
    """
    words = reason.strip()
    if not words:
        raise ReasonMissing("say why you look at the pages of this customer")
    with transaction.atomic():
        # Two visits begun at the same moment come one after the other.
        User.objects.select_for_update(no_key=True).get(pk=staff.pk)
        end_open_visits(staff=staff, now=now)
        return StaffVisit.objects.create(
            staff=staff, customer=customer, reason=words, started_at=now
        )
