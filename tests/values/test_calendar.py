from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.calendar import (
    BillingCalendar,
    BillingInterval,
    OutsideContract,
    date_or_time,
    day_text,
    last_day,
    local_date,
    local_midnight,
)

ZONES = [
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "America/Havana",
    "Africa/Cairo",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
]


def calendar(
    interval: BillingInterval = BillingInterval.MONTH,
    *,
    anchor_day: int = 1,
    zone: str = "UTC",
    start: date = date(2024, 11, 1),
    end: date | None = None,
) -> BillingCalendar:
    return BillingCalendar(
        interval,
        anchor_day,
        zone,
        local_midnight(start, zone),
        local_midnight(end, zone) if end else None,
    )


def first_days(terms: BillingCalendar, count: int) -> list[str]:
    found: list[str] = []
    for period in terms.periods_from(terms.start):
        if len(found) == count:
            break
        found.append(local_date(period.start, terms.zone).isoformat())
    return found


def test_anchor_31_falls_on_the_last_day_of_shorter_months_and_comes_back() -> None:
    terms = calendar(anchor_day=31, start=date(2023, 12, 31))

    assert first_days(terms, 5) == [
        "2023-12-31",
        "2024-01-31",
        "2024-02-29",
        "2024-03-31",
        "2024-04-30",
    ]


def test_a_start_between_anchors_makes_a_short_first_period() -> None:
    terms = calendar(anchor_day=15, start=date(2024, 11, 20))

    assert first_days(terms, 2) == ["2024-11-20", "2024-12-15"]
    assert terms.full_period_at(terms.start).start == datetime(2024, 11, 15, tzinfo=UTC)


def test_quarters_and_years_begin_in_the_month_of_the_start() -> None:
    quarters = calendar(BillingInterval.QUARTER, start=date(2024, 11, 1))
    years = calendar(BillingInterval.YEAR, start=date(2024, 2, 29), anchor_day=29)

    assert first_days(quarters, 3) == ["2024-11-01", "2025-02-01", "2025-05-01"]
    assert first_days(years, 5)[1:] == ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def anchored(
    interval: BillingInterval, anchor: str, *, start: str, zone: str = "UTC"
) -> BillingCalendar:
    return BillingCalendar.anchored(
        interval,
        date.fromisoformat(anchor),
        zone=zone,
        start=local_midnight(date.fromisoformat(start), zone),
        end=None,
    )


@pytest.mark.parametrize(
    "interval,anchor,days",
    [
        ("quarter", "2024-01-15", "2024-11-20 2025-01-15 2025-04-15"),
        ("quarter", "2030-08-31", "2024-11-20 2024-11-30 2025-02-28 2025-05-31"),
        ("year", "2020-04-01", "2024-11-20 2025-04-01 2026-04-01"),
        ("year", "2024-02-29", "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29"),
        ("year", "2024-12-31", "2024-12-31 2025-12-31"),
        ("month", "2024-03-31", "2024-11-20 2024-11-30 2024-12-31 2025-01-31 2025-02-28"),
        ("week", "2024-11-06", "2024-11-20 2024-11-27"),
    ],
)
def test_a_period_begins_on_the_anchor_date(interval: str, anchor: str, days: str) -> None:
    expected = days.split()
    terms = anchored(BillingInterval(interval), anchor, start=expected[0])

    assert first_days(terms, len(expected)) == expected


def test_the_whole_period_around_an_instant_follows_the_anchor() -> None:
    terms = anchored(BillingInterval.YEAR, "2020-04-01", start="2024-11-20")

    assert terms.full_period_at(terms.start).start == datetime(2024, 4, 1, tzinfo=UTC)
    assert terms.full_period_at(terms.start).end == datetime(2025, 4, 1, tzinfo=UTC)
    assert terms.period_at(terms.start).start == terms.start


@pytest.mark.parametrize("month", [0, 13])
def test_a_month_that_no_year_has_is_refused(month: int) -> None:
    with pytest.raises(ValueError, match="anchor month"):
        BillingCalendar(
            BillingInterval.YEAR, 1, "UTC", datetime(2024, 1, 1, tzinfo=UTC), None, month
        )


def test_weeks_begin_on_the_anchor_counted_from_monday() -> None:
    terms = calendar(BillingInterval.WEEK, anchor_day=3, start=date(2024, 11, 1))

    assert first_days(terms, 3) == ["2024-11-01", "2024-11-06", "2024-11-13"]


def test_a_contract_ends_inside_its_last_period() -> None:
    terms = calendar(start=date(2024, 11, 1), end=date(2024, 12, 10))

    assert [period.end for period in terms.periods_from(terms.start)] == [
        datetime(2024, 12, 1, tzinfo=UTC),
        datetime(2024, 12, 10, tzinfo=UTC),
    ]
    with pytest.raises(OutsideContract):
        terms.period_at(datetime(2024, 12, 10, tzinfo=UTC))


def test_periods_are_local_midnights_across_the_change_of_clocks() -> None:
    period = calendar(zone="America/New_York").period_at(datetime(2024, 11, 20, tzinfo=UTC))

    assert period.start == datetime(2024, 11, 1, 4, tzinfo=UTC)
    assert period.end == datetime(2024, 12, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "day,zone,instant",
    [
        (date(2024, 9, 8), "America/Santiago", datetime(2024, 9, 8, 4, tzinfo=UTC)),
        (date(2024, 11, 3), "America/Havana", datetime(2024, 11, 3, 4, tzinfo=UTC)),
        (date(2011, 12, 30), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
)
def test_a_day_without_midnight_or_with_two_begins_at_its_first_instant(
    day: date, zone: str, instant: datetime
) -> None:
    assert local_midnight(day, zone) == instant


@given(
    st.sampled_from(ZONES),
    st.sampled_from([BillingInterval.MONTH, BillingInterval.QUARTER, BillingInterval.YEAR]),
    st.integers(1, 31),
    st.dates(date(2007, 1, 1), date(2026, 12, 31)),
)
def test_periods_tile_the_years_without_gap(
    zone: str, interval: BillingInterval, anchor_day: int, start: date
) -> None:
    terms = calendar(interval, anchor_day=anchor_day, zone=zone, start=start)
    until = terms.start + timedelta(days=800)
    periods = list(takewhile(lambda it: it.start < until, terms.periods_from(terms.start)))

    assert periods[0].start == terms.start
    assert periods[-1].end >= until
    for one, following in pairwise(periods):
        assert one.end == following.start
        assert terms.full_period_at(one.end - timedelta(microseconds=1)).end == one.end
        assert terms.period_at(following.start) == following
        assert local_midnight(local_date(one.end, zone), zone) == one.end


@given(st.sampled_from(ZONES), st.integers(1, 7), st.dates(date(2007, 1, 1), date(2026, 12, 31)))
def test_weeks_tile_the_years_without_gap(zone: str, anchor_day: int, start: date) -> None:
    terms = calendar(BillingInterval.WEEK, anchor_day=anchor_day, zone=zone, start=start)
    until = terms.start + timedelta(days=400)
    periods = list(takewhile(lambda it: it.start < until, terms.periods_from(terms.start)))

    assert periods[0].start == terms.start
    assert all(one.end == following.start for one, following in pairwise(periods))
    for period in periods[1:-1]:
        first = local_date(period.start, zone)
        # Samoa had no December 30, 2011: what would begin then begins on the day after.
        begins = {day for day in (first - timedelta(days=1), first)
                  if local_midnight(day, zone) == period.start}  # fmt: skip
        assert anchor_day in {day.isoweekday() for day in begins}


@pytest.mark.parametrize(
    "interval,anchor_day", [(BillingInterval.WEEK, 8), (BillingInterval.MONTH, 0)]
)
def test_an_anchor_that_no_calendar_has_is_refused(
    interval: BillingInterval, anchor_day: int
) -> None:
    with pytest.raises(ValueError, match="anchor day"):
        calendar(interval, anchor_day=anchor_day)


def test_people_read_the_last_day_that_counts() -> None:
    end = local_midnight(date(2026, 11, 1), "America/New_York")

    assert last_day(end, "America/New_York") == date(2026, 10, 31)


@pytest.mark.parametrize(
    "instant,zone,text",
    [
        (datetime(2024, 11, 1, tzinfo=UTC), "UTC", "2024-11-01"),
        (datetime(2024, 11, 1, 4, tzinfo=UTC), "America/New_York", "2024-11-01"),
        (datetime(2024, 11, 1, tzinfo=UTC), "America/New_York", "2024-11-01T00:00:00Z"),
        (datetime(2024, 11, 1, 12, 30, tzinfo=UTC), "UTC", "2024-11-01T12:30:00Z"),
    ],
)
def test_local_midnights_print_as_dates_other_instants_as_times(
    instant: datetime, zone: str, text: str
) -> None:
    assert date_or_time(instant, zone) == text


@pytest.mark.parametrize("day", [date(2024, 10, 31), date(2024, 12, 1)])
def test_outside_of_the_contract_there_is_no_period(day: date) -> None:
    terms = calendar(end=date(2024, 12, 1))

    with pytest.raises(OutsideContract, match=f"{day} 00:00:00.* is outside the contract"):
        terms.period_at(local_midnight(day, "UTC"))


def test_a_contract_without_days_is_refused() -> None:
    with pytest.raises(ValueError, match="the end must be after the start"):
        calendar(end=date(2024, 11, 1))


def test_a_day_is_written_as_people_read_it() -> None:
    assert [day_text(date(2026, 10, 31)), day_text(date(2026, 11, 1))] == [
        "Oct 31, 2026",
        "Nov 1, 2026",
    ]
