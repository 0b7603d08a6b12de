"""Times of files: what is written, in which zone, and what nobody can know."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from usage.files.times import BadTime, TimeFormat, Twice, time_reader

TEN = datetime(2024, 11, 5, 10, 0, tzinfo=UTC)
NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    "value",
    [
        "2024-11-05T10:00:00Z", "2024-11-05 10:00:00Z", "2024-11-05 10:00 UTC",
        "2024-11-05T05:00:00-05:00", "2024-11-05T05:00:00-0500", "2024-11-05 10:00:00.000 GMT",
        "2024-11-05T10:00:00.000000000Z", "2024-11-05t10:00:00,0z", "20241105T100000Z",
        "Tue, 05 Nov 2024 10:00:00 +0000", "Tue, 5 Nov 2024 05:00:00 -0500",
        "1730800800", 1730800800, Decimal(1730800800), "1730800800000", 1730800800000,
        "1730800800000000", "1730800800.0",
    ],
)  # fmt: skip
def test_every_usual_way_to_write_a_time_is_that_time(value: Any) -> None:
    assert time_reader(TimeFormat.AUTO)(value) == TEN


@pytest.mark.parametrize(
    "format,value",
    [
        (TimeFormat.MONTH_FIRST, "11/05/2024 10:00:00 UTC"),
        (TimeFormat.MONTH_FIRST, "11/5/2024 10:00 AM Z"),
        (TimeFormat.DAY_FIRST, "05.11.2024 10:00 Z"),
        (TimeFormat.DAY_FIRST, "5-11-2024, 05:00:00 -05:00"),
        (TimeFormat.EPOCH_SECONDS, "1730800800"),
        (TimeFormat.EPOCH_MILLISECONDS, 1730800800000),
    ],
)
def test_the_order_of_day_and_month_is_what_somebody_said(format: TimeFormat, value: Any) -> None:  # noqa: A002
    assert time_reader(format)(value) == TEN


def test_fractions_of_a_second_are_kept() -> None:
    read = time_reader(TimeFormat.AUTO)

    assert read("2024-11-05T10:00:00.123Z").microsecond == 123_000
    assert read(1730800800123).microsecond == 123_000


@pytest.mark.parametrize(
    "value",
    [
        "", "now", "2024-11-05", "2024-02-30T10:00:00Z", "2024-11-05T25:00:00Z", "11/05/2024 10:00",
        "٢٠٢٤-11-05T10:00:00Z", "17308", "173080080", 17308008000, "1730800800e3", True, None, [],
        "2024-11-05T10:00:00", "2024-11-05T10:00:00 EST", "99999999999999999999", "NaN",
        "0001-01-01T00:00:00+23:59",
    ],
)  # fmt: skip
def test_what_is_no_time_says_so(value: Any) -> None:
    with pytest.raises(BadTime):
        time_reader(TimeFormat.AUTO)(value)


@pytest.mark.parametrize("value", ["13/05/2024 10:00 Z", "2024/05/13 10:00 Z", "1/1/24 10:00 Z",
                                   "01/02/2024 13:00 PM Z", "01/02/2024"])  # fmt: skip
def test_a_date_in_another_order_is_refused(value: str) -> None:
    with pytest.raises(BadTime):
        time_reader(TimeFormat.MONTH_FIRST)(value)


def test_a_day_that_never_was_is_no_time_of_a_mail() -> None:
    with pytest.raises(BadTime, match="there is no such time"):
        time_reader(TimeFormat.AUTO)("Fri, 30 Feb 2024 10:00:00 GMT")


@pytest.mark.parametrize(
    "value, words",
    [
        ("soon", "is no number of seconds"), ("1e9", "is no number of seconds"),
        (True, "is no number of seconds"), (None, "is no number of seconds"),
        ("99999999999999999999", "there is no such time"),
        (Decimal("1e400"), "there is no such time"),
    ],
)  # fmt: skip
def test_seconds_are_a_number_within_reach(value: Any, words: str) -> None:
    with pytest.raises(BadTime, match=words):
        time_reader(TimeFormat.EPOCH_SECONDS)(value)


@pytest.mark.parametrize("format_, written", [
    (TimeFormat.EPOCH_SECONDS, "1730800800"), (TimeFormat.EPOCH_SECONDS, 1730800800),
    (TimeFormat.EPOCH_MILLISECONDS, Decimal(1730800800000)),
    (TimeFormat.MONTH_FIRST, "11/05/2024 10:00:00 Z"), (TimeFormat.DAY_FIRST, "5.11.2024 10:00 Z"),
    (TimeFormat.MONTH_FIRST, TEN), (TimeFormat.DAY_FIRST, TEN),
])  # fmt: skip
def test_a_format_that_is_chosen_reads_its_times(format_: TimeFormat, written: Any) -> None:
    assert time_reader(format_)(written) == TEN


def test_a_local_time_in_another_order_is_of_its_zone() -> None:
    assert time_reader(TimeFormat.MONTH_FIRST, zone=NEW_YORK)("11/5/2024 5:00 AM") == TEN


def test_a_local_time_is_of_its_zone() -> None:
    read = time_reader(TimeFormat.AUTO, zone=NEW_YORK)

    assert read("2024-11-05 05:00:00") == TEN
    assert read(datetime(2024, 11, 5, 5)) == TEN  # noqa: DTZ001
    assert read("2024-11-05T10:00:00Z") == TEN


def test_a_local_time_that_never_was_is_refused() -> None:
    with pytest.raises(BadTime, match="never showed"):
        time_reader(TimeFormat.AUTO, zone=NEW_YORK)("2024-03-10 02:30:00")


@pytest.mark.parametrize("twice,hour", [(Twice.EARLIER, 5), (Twice.LATER, 6)])
def test_a_local_time_that_comes_twice_is_what_somebody_said(twice: Twice, hour: int) -> None:
    read = time_reader(TimeFormat.AUTO, zone=NEW_YORK, twice=twice)

    assert read("2024-11-03 01:30:00") == datetime(2024, 11, 3, hour, 30, tzinfo=UTC)
    with pytest.raises(BadTime, match="twice"):
        time_reader(TimeFormat.AUTO, zone=NEW_YORK)("2024-11-03 01:30:00")
