from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.rating.proration import days_in, nearest_day, part_of, whole_days
from tests.invoicing.rating.fees import FEBRUARY, JANUARY, NEW_YORK, day, days
from values.calendar import local_midnight
from values.period import Period


def test_a_part_is_its_days_of_the_real_period() -> None:
    assert part_of(JANUARY, days("2025-01-22", "2025-02-01"), zone="UTC").ratio == Fraction(10, 31)
    assert part_of(FEBRUARY, days("2025-02-19", "2025-03-01"), zone="UTC").ratio == Fraction(10, 28)
    assert part_of(FEBRUARY, FEBRUARY, zone="UTC").ratio == 1


@pytest.mark.parametrize(
    "first,after,count",
    [
        ("2025-03-01", "2025-04-01", 31),
        ("2025-11-01", "2025-12-01", 30),
        ("2025-03-09", "2025-03-10", 1),
        ("2025-11-02", "2025-11-03", 1),
    ],
)
def test_days_are_local_dates_across_the_change_of_clocks(
    first: str, after: str, count: int
) -> None:
    assert days_in(days(first, after, NEW_YORK), zone=NEW_YORK) == count


@pytest.mark.parametrize(
    "zone,expected",
    [("UTC", "2025-01-01"), ("Asia/Tokyo", "2025-01-01"), (NEW_YORK, "2025-01-01")],
)
def test_a_date_of_another_zone_is_the_same_date_here(zone: str, expected: str) -> None:
    assert nearest_day(datetime(2025, 1, 1, tzinfo=UTC), zone) == date.fromisoformat(expected)


def test_less_than_half_a_day_is_no_day() -> None:
    start = day("2025-01-01")

    assert whole_days(Period(start, start + timedelta(hours=11)), zone="UTC") is None
    assert whole_days(Period(start, start + timedelta(hours=13)), zone="UTC") == days(
        "2025-01-01", "2025-01-02"
    )


@given(
    st.sampled_from(
        ["UTC", NEW_YORK, "America/Santiago", "America/Havana", "Africa/Cairo", "Asia/Kolkata"]
    ),
    st.dates(date(2012, 1, 1), date(2026, 12, 31)),
    st.integers(1, 400),
    st.integers(0, 400),
)
def test_days_of_the_parts_add_up(zone: str, first: date, count: int, cut: int) -> None:
    bounds = [local_midnight(first + timedelta(days=at), zone) for at in (0, count)]
    whole = Period(bounds[0], bounds[1])
    parts = whole.split([local_midnight(first + timedelta(days=cut), zone)])

    assert days_in(whole, zone=zone) == count
    assert sum(days_in(part, zone=zone) for part in parts) == count
    assert whole_days(whole, zone=zone) == whole
