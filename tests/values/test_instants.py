from datetime import UTC, date, datetime

import pytest

from values.instants import BadInstant, always_since, parse_date, parse_instant, parse_time

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    "written,instant",
    [
        ("2024-11-01T09:30:00Z", datetime(2024, 11, 1, 9, 30, tzinfo=UTC)),
        ("2024-11-01t09:30:00z", datetime(2024, 11, 1, 9, 30, tzinfo=UTC)),
        ("2024-11-01 09:30Z", datetime(2024, 11, 1, 9, 30, tzinfo=UTC)),
        ("2024-11-01T09:30:00.25+05:30", datetime(2024, 11, 1, 4, 0, 0, 250_000, tzinfo=UTC)),
        ("2024-11-01", datetime(2024, 11, 1, 4, tzinfo=UTC)),
        ("1970-01-01", datetime(1970, 1, 1, 5, tzinfo=UTC)),
        ("9998-12-31T00:00:00Z", datetime(9998, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_time_has_an_offset_and_a_date_is_a_local_midnight(
    written: str, instant: datetime
) -> None:
    assert parse_instant(written, zone=NEW_YORK) == instant


@pytest.mark.parametrize(
    "written,reason",
    [
        ("2024-13-01", "is no date: month must be in 1..12"),
        ("1969-12-31", "must be in the years 1970 to 9998"),
        ("9999-01-01", "must be in the years 1970 to 9998"),
        ("20241101", "must be a date such as 2024-11-01"),
        (20241101, "must be a date such as 2024-11-01"),
    ],
)
def test_what_is_no_date_is_refused(written: object, reason: str) -> None:
    with pytest.raises(BadInstant) as caught:
        parse_date(written)

    assert str(caught.value) == reason


WANTED = "must be a date (2024-11-01) or a time with an offset (2024-11-01T09:30:00Z)"


@pytest.mark.parametrize(
    "written,reason",
    [
        ("2024-02-30", "is no date: day is out of range for month"),
        ("2024-11-01T09:30:00", "needs an offset, such as Z or -05:00"),
        ("2024-11-01T25:30:00Z", "is no time: hour must be in 0..23"),
        ("1969-12-31T23:59:59Z", "must be in the years 1970 to 9998"),
        ("9999-01-01T00:00:00Z", "must be in the years 1970 to 9998"),
        ("yesterday", WANTED),
        ("", WANTED),
        (None, WANTED),
        (1730419200, WANTED),
    ],
)
def test_what_is_no_instant_is_refused(written: object, reason: str) -> None:
    with pytest.raises(BadInstant) as caught:
        parse_instant(written, zone="UTC")

    assert str(caught.value) == reason


def test_a_plain_date_is_no_time() -> None:
    with pytest.raises(BadInstant, match="must be a time with an offset"):
        parse_time("2024-11-01")


def test_a_date_is_read_as_written() -> None:
    assert parse_date("2024-02-29") == date(2024, 2, 29)
    assert always_since(NEW_YORK) == datetime(2000, 1, 1, 5, tzinfo=UTC)
