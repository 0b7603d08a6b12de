from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from invoicing.rating.calls.bands import BandCalendar, band_calendar
from invoicing.rating.terms.band import Band, band_problems
from tests.invoicing.rating.calls.calling import NEW_YORK

WEEKDAYS = frozenset(range(5))
PEAK = Band("peak", days=WEEKDAYS, from_time=time(8), to_time=time(18), priority=10)
HOLIDAY = Band("holiday", dates=frozenset({date(2026, 12, 25)}), priority=20)
NIGHT = Band("night", days=frozenset({4}), from_time=time(22), to_time=time(6), priority=5)


def band_at(
    text: str, *bands: Band, zone: str = "UTC", default: str | None = "off_peak"
) -> str | None:
    since = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    instant = since.days * 86400 + since.seconds
    return BandCalendar(bands, default, zone).at(instant)[0]


@pytest.mark.parametrize(
    "instant, band",
    [
        ("2026-02-03T07:59:59Z", "off_peak"),
        ("2026-02-03T08:00:00Z", "peak"),
        ("2026-02-03T17:59:59Z", "peak"),
        ("2026-02-03T18:00:00Z", "off_peak"),
        ("2026-02-07T12:00:00Z", "off_peak"),
    ],
)
def test_hours_are_half_open_and_of_their_weekdays(instant: str, band: str) -> None:
    assert band_at(instant, PEAK) == band


def test_the_higher_priority_wins() -> None:
    assert band_at("2026-12-25T12:00:00Z", PEAK, HOLIDAY) == "holiday"
    assert band_at("2026-12-24T12:00:00Z", PEAK, HOLIDAY) == "peak"


@pytest.mark.parametrize(
    "instant, band",
    [
        ("2026-02-06T21:59:59Z", "off_peak"),
        ("2026-02-06T22:00:00Z", "night"),
        ("2026-02-07T05:59:59Z", "night"),
        ("2026-02-07T06:00:00Z", "off_peak"),
        ("2026-02-06T03:00:00Z", "off_peak"),
    ],
)
def test_hours_past_midnight_belong_to_the_day_on_which_they_begin(instant: str, band: str) -> None:
    assert band_at(instant, NIGHT) == band


def test_equal_times_are_the_whole_day() -> None:
    noon_to_noon = Band("all", from_time=time(12), to_time=time(12), days=frozenset({1}))

    assert band_at("2026-02-03T00:00:00Z", noon_to_noon) == "all"
    assert band_at("2026-02-03T23:59:59Z", noon_to_noon) == "all"
    assert band_at("2026-02-04T00:00:00Z", noon_to_noon) == "off_peak"


def test_hours_up_to_midnight_end_there() -> None:
    evening = Band("evening", from_time=time(18), to_time=time(0), days=frozenset({1}))

    assert band_at("2026-02-03T23:59:59Z", evening) == "evening"
    assert band_at("2026-02-04T00:00:00Z", evening) == "off_peak"


def test_a_time_outside_all_bands_has_none_without_a_default() -> None:
    assert band_at("2026-02-03T20:00:00Z", PEAK, default=None) is None


@pytest.mark.parametrize(
    "instant, band",
    [
        ("2026-11-01T05:59:59Z", "night"),
        ("2026-11-01T06:00:00Z", "night"),
        ("2026-11-01T06:59:59Z", "night"),
        ("2026-11-01T07:00:00Z", "off_peak"),
        ("2026-03-08T06:59:59Z", "night"),
        ("2026-03-08T07:00:00Z", "off_peak"),
    ],
)
def test_bands_are_read_on_local_clocks_also_where_they_change(instant: str, band: str) -> None:
    night = Band("night", from_time=time(0), to_time=time(2))

    assert band_at(instant, night, zone=NEW_YORK) == band


def test_an_edge_in_the_lost_hour_begins_after_it() -> None:
    early = Band("early", from_time=time(2, 30), to_time=time(5))

    assert band_at("2026-03-08T06:59:59Z", early, zone=NEW_YORK) == "off_peak"
    assert band_at("2026-03-08T07:00:00Z", early, zone=NEW_YORK) == "early"


def test_the_calendar_says_until_when_a_band_holds() -> None:
    calendar = BandCalendar((PEAK,), "off_peak", "UTC")
    day = 86400 * 20_000  # 2024-10-04, a Friday

    assert calendar.at(day + 9 * 3600) == ("peak", day + 18 * 3600)
    assert calendar.at(day + 20 * 3600) == ("off_peak", day + 86400)


def test_many_days_are_remembered_only_for_a_while() -> None:
    calendar = BandCalendar((PEAK,), "off_peak", "UTC")

    bands = {calendar.at(day * 86400 + 12 * 3600)[0] for day in range(10_000, 14_200)}

    assert bands == {"peak", "off_peak"}
    assert calendar.at(86400 * 20_000 + 9 * 3600)[0] == "peak"


def test_one_calendar_serves_all_customers_of_a_zone() -> None:
    assert band_calendar((PEAK,), None, "UTC") is band_calendar((PEAK,), None, "UTC")


@pytest.mark.parametrize(
    "one, other",
    [
        (Band("a"), Band("b")),
        (PEAK, Band("b", days=frozenset({4}), from_time=time(17), to_time=time(20), priority=10)),
        (
            Band("a", days=frozenset({6}), from_time=time(22), to_time=time(2)),
            Band("b", days=frozenset({0}), from_time=time(1), to_time=time(3)),
        ),
        (Band("a", dates=frozenset({date(2026, 12, 25)})), Band("b", days=frozenset({4}))),
        (
            Band("a", dates=frozenset({date(2026, 12, 25)})),
            Band("b", days=frozenset({3}), from_time=time(23), to_time=time(1)),
        ),
    ],
)
def test_bands_of_one_priority_that_share_an_hour_are_refused(one: Band, other: Band) -> None:
    (problem,) = band_problems([one, other])

    assert problem.path == ("bands", 1)
    assert f"'{other.name}') overlaps bands[0] ('{one.name}')" in problem.message


@pytest.mark.parametrize(
    "one, other",
    [
        (PEAK, HOLIDAY),
        (Band("a", to_time=time(12)), Band("b", from_time=time(12))),
        (Band("a", to_time=time(13)), Band("a", from_time=time(12))),
        (Band("a", days=WEEKDAYS), Band("b", days=frozenset({5, 6}))),
        (Band("a", dates=frozenset({date(2026, 12, 25)})), Band("b", days=frozenset({0}))),
    ],
)
def test_bands_that_cannot_be_mistaken_for_each_other_are_taken(one: Band, other: Band) -> None:
    assert band_problems([one, other]) == []
