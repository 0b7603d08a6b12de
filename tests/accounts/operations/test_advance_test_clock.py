from datetime import timedelta

import pytest

from accounts.models import TestClock
from accounts.operations.advance_test_clock import ClockOnlyGoesForward, advance_test_clock
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_the_clock_goes_forward() -> None:
    clock = TestClock.objects.create(name="c", now_at=make.NOVEMBER_1)

    advance_test_clock(clock=clock, to=make.NOVEMBER_20)

    clock.refresh_from_db()
    assert clock.now_at == make.NOVEMBER_20


@pytest.mark.parametrize("step", [timedelta(0), timedelta(seconds=-1)])
def test_the_clock_never_goes_back_or_stands(step: timedelta) -> None:
    clock = TestClock.objects.create(name="c", now_at=make.NOVEMBER_1)

    with pytest.raises(ClockOnlyGoesForward, match="2024-11-01 00:00:00 UTC"):
        advance_test_clock(clock=clock, to=make.NOVEMBER_1 + step)
