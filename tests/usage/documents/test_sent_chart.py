"""When the bars of a chart begin."""

from datetime import UTC, datetime

import pytest

from usage.documents.sent_chart import since_of, step_of

NOW = datetime(2026, 11, 21, 12, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "hours, first, minutes",
    [
        (1, datetime(2026, 11, 21, 11, 8, tzinfo=UTC), 1),
        (6, datetime(2026, 11, 21, 6, 10, tzinfo=UTC), 5),
        (24, datetime(2026, 11, 20, 12, 15, tzinfo=UTC), 15),
    ],
)
def test_the_last_bar_holds_the_running_minute(hours: int, first: datetime, minutes: int) -> None:
    step, since = step_of(hours=hours), since_of(hours=hours, now=NOW)

    assert (since, step.total_seconds()) == (first, minutes * 60)
    last = first + (hours * 60 // minutes - 1) * step
    assert last <= NOW < last + step
