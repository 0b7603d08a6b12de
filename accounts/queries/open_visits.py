"""Visits of staff to customers' pages that are still going on."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import StaffVisit

LONGEST_VISIT = timedelta(hours=8)
"""A working day: who forgot to end a visit does not go on looking tomorrow."""


def open_visits(*, now: datetime) -> QuerySet[StaffVisit]:
    """Return the visits that nobody ended and that began less than `LONGEST_VISIT` ago."""
    return StaffVisit.objects.filter(ended_at=None, started_at__gt=now - LONGEST_VISIT)
