"""Staff stop looking at a customer's pages."""

from datetime import datetime

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest, Least

from accounts.models import StaffVisit, User
from accounts.queries.open_visits import LONGEST_VISIT


def end_visit(*, visit: StaffVisit, now: datetime) -> None:
    """End a visit; one that has ended stays as it is."""
    _end(StaffVisit.objects.filter(pk=visit.pk), now)


def end_open_visits(*, staff: User, now: datetime) -> None:
    """End whatever visits of this person are open."""
    _end(StaffVisit.objects.filter(staff=staff), now)


def _end(visits: QuerySet[StaffVisit], now: datetime) -> None:
    # A forgotten visit was over when its time was; and clocks may differ by a moment.
    over = F("started_at") + Value(LONGEST_VISIT)
    visits.filter(ended_at=None).update(ended_at=Greatest(F("started_at"), Least(Value(now), over)))
