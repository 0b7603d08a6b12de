"""Moving a sandbox's own time forward."""

from datetime import datetime

from django.db import transaction

from accounts.models import TestClock


class ClockOnlyGoesForward(ValueError):
    """The new time is not after the clock's own."""


@transaction.atomic
def advance_test_clock(*, clock: TestClock, to: datetime) -> TestClock:
    """
    Return the clock, standing at `to` (aware).

    :raises ClockOnlyGoesForward: what has happened by the clock stays happened.
    """
    held = TestClock.objects.select_for_update().get(pk=clock.pk)
    if to <= held.now_at:
        raise ClockOnlyGoesForward(
            f"the clock stands at {held.now_at:%Y-%m-%d %H:%M:%S} UTC and only goes forward"
        )
    held.now_at = to
    held.save(update_fields=["now_at"])
    return held
