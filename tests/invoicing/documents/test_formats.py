"""What people read in place of numbers and dates."""

from datetime import UTC, datetime
from decimal import Decimal, Inexact

import pytest

from invoicing.documents import formats
from values.period import Period

NBSP = "\u00a0"


@pytest.mark.parametrize(
    "amount, currency, text",
    [
        ("21.3500", "USD", "$21.35"),
        ("1234567.5", "USD", "$1,234,567.50"),
        ("-21.35", "USD", "-$21.35"),
        ("0", "EUR", "€0.00"),
        ("1234", "JPY", "¥1,234"),
        ("1.25", "KWD", f"KWD{NBSP}1.250"),
        ("5", "CHF", f"CHF{NBSP}5.00"),
    ],
)
def test_money_has_the_digits_of_its_currency(amount: str, currency: str, text: str) -> None:
    assert formats.money(Decimal(amount), currency) == text


def test_money_that_was_never_rounded_is_refused() -> None:
    with pytest.raises(Inexact):
        formats.money(Decimal("1234.5"), "JPY")


@pytest.mark.parametrize(
    "price, currency, text",
    [
        ("0.200000000000", "USD", "$0.20"),
        ("0.000002500000", "USD", "$0.0000025"),
        ("0.123456789012", "USD", "$0.123456789012"),
        ("123456789012.123456789012", "USD", "$123,456,789,012.123456789012"),
        ("0.125", "USD", "$0.125"),
        ("3", "JPY", "¥3"),
        ("0.5", "JPY", "¥0.5"),
    ],
)
def test_a_unit_price_is_never_rounded(price: str, currency: str, text: str) -> None:
    assert formats.unit_price(Decimal(price), currency) == text


@pytest.mark.parametrize(
    "amount, unit, text",
    [
        ("13.000000000000000000", "minute", "13 minutes"),
        ("1", "minute", "1 minute"),
        ("0", "minute", "0 minutes"),
        ("1234.5", "tokens", "1,234.5 tokens"),
        ("-1", "resolution", "-1 resolution"),
        ("-2", "resolution", "-2 resolutions"),
        ("130.25", "GB", "130.25 GB"),
        ("42", "SMS", "42 SMS"),
        ("7", "", "7"),
        (
            "123456789012345678901234567890.123456789012345678",
            "",
            "123,456,789,012,345,678,901,234,567,890.123456789012345678",
        ),
    ],
)
def test_a_quantity_is_whole_and_has_its_unit(amount: str, unit: str, text: str) -> None:
    assert formats.quantity(Decimal(amount), unit) == text


@pytest.mark.parametrize(
    "amount, unit, text",
    [
        ("1.666666666666666667", "minute", "1.666666… minutes"),
        ("1.666666666666", "minute", "1.666666666666 minutes"),
        ("1284", "1K tokens", "1,284 × 1K tokens"),
        ("13", "", "13"),
    ],
)
def test_a_quantity_that_never_ends_is_cut_off_for_reading(
    amount: str, unit: str, text: str
) -> None:
    assert formats.short_quantity(Decimal(amount), unit) == text


@pytest.mark.parametrize(
    "seconds, text", [("0", "0:00 min"), ("67", "1:07 min"), ("77044", "1,284:04 min")]
)
def test_seconds_are_read_as_minutes(seconds: str, text: str) -> None:
    assert formats.minutes_and_seconds(Decimal(seconds)) == text


@pytest.mark.parametrize(
    "start, end, text",
    [
        ((2024, 11, 1, 4), (2024, 12, 1, 5), "Nov 1 \u2013 Nov 30, 2024"),
        ((2024, 12, 15, 5), (2025, 1, 15, 5), "Dec 15, 2024 \u2013 Jan 14, 2025"),
        ((2024, 11, 1, 4), (2024, 11, 2, 4), "Nov 1, 2024"),
    ],
)
def test_a_period_ends_on_the_last_day_that_counts_in_the_zone(
    start: tuple[int, ...], end: tuple[int, ...], text: str
) -> None:
    period = Period(_utc(*start), _utc(*end))

    assert formats.days(period, "America/New_York") == text


def _utc(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)
