from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.period import Period

NOVEMBER = Period(datetime(2024, 11, 1, tzinfo=UTC), datetime(2024, 12, 1, tzinfo=UTC))
INSTANTS = st.datetimes(datetime(2024, 10, 1), datetime(2025, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_the_start_is_inside_and_the_end_is_not() -> None:
    assert NOVEMBER.contains(NOVEMBER.start)
    assert not NOVEMBER.contains(NOVEMBER.end)


@pytest.mark.parametrize(
    "start",
    [
        datetime(2024, 11, 1),  # noqa: DTZ001
        datetime(2024, 11, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime(2024, 12, 1, tzinfo=UTC),
    ],
)
def test_naive_local_and_backward_bounds_are_refused(start: datetime) -> None:
    with pytest.raises(ValueError, match=r"UTC|end after"):
        Period(start, NOVEMBER.end)


def test_neighbours_do_not_overlap() -> None:
    december = Period(NOVEMBER.end, NOVEMBER.end + timedelta(days=31))

    assert not NOVEMBER.overlaps(december)
    assert NOVEMBER.intersection(december) is None


@given(st.lists(INSTANTS, max_size=8))
def test_the_parts_of_a_split_tile_the_period(cuts: list[datetime]) -> None:
    parts = NOVEMBER.split(cuts)

    assert parts[0].start == NOVEMBER.start
    assert parts[-1].end == NOVEMBER.end
    assert all(one.end == other.start for one, other in pairwise(parts))
    assert {part.start for part in parts[1:]} == {
        cut for cut in cuts if NOVEMBER.start < cut < NOVEMBER.end
    }
