"""How often an e-mail is tried, how long it waits in between, and why the last try failed."""

from datetime import datetime, timedelta
from itertools import accumulate

from django.db.models import Q

MOST_ATTEMPTS = 20
"""After so many failures, three days and a half, the rest is for staff."""

LONGEST_WAIT = timedelta(hours=6)
MOST_ATTEMPTS_COUNTED = 32_767
MOST_OF_AN_ERROR = 2_000

_WAITS = [min(timedelta(minutes=2**attempts), LONGEST_WAIT) for attempts in range(1, MOST_ATTEMPTS)]


def is_due(*, now: datetime) -> Q:
    """
    Return the condition on `attempts` and `queued_at` that it is time for the next try.

    After each failure it waits twice as long, from 2 minutes to `LONGEST_WAIT`, and after
    `MOST_ATTEMPTS` for ever. The time of the last try is not kept: each has its time after
    the queuing.
    """
    due = Q(attempts=0)
    for attempts, waited in enumerate(accumulate(_WAITS), start=1):
        due |= Q(attempts=attempts, queued_at__lte=now - waited)
    return due


def reason_of(error: Exception) -> str:
    """Return what went wrong, as it is kept."""
    return f"{type(error).__name__}: {error}"[:MOST_OF_AN_ERROR].replace("\x00", "")
