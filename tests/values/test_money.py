from decimal import Decimal, Inexact
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.money import (
    Rounding,
    UnknownCurrency,
    fine_text,
    floor_money,
    minor_digits,
    money_text,
    round_money,
    spread,
)

AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=6)
CENTS = st.integers(min_value=-(10**9), max_value=10**9).map(lambda cents: Decimal(cents) / 100)
WEIGHTS = st.lists(st.fractions(min_value=0, max_value=1000), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    "currency,digits", [("USD", 2), ("JPY", 0), ("KWD", 3), ("XOF", 0), ("XCD", 2)]
)
def test_a_currency_has_the_digits_of_its_minor_unit(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize("code", ["USDX", "", "usd", "XXX", "XTS", "XAU", "XDR"])
def test_what_nobody_can_pay_in_is_no_currency(code: str) -> None:
    with pytest.raises(UnknownCurrency, match=f"unknown currency '{code}'"):
        minor_digits(code)


@pytest.mark.parametrize(
    "amount,currency,rounding,rounded",
    [
        ("0.005", "USD", Rounding.HALF_UP, "0.01"),
        ("-0.005", "USD", Rounding.HALF_UP, "-0.01"),
        ("0.005", "USD", Rounding.HALF_EVEN, "0.00"),
        ("0.015", "USD", Rounding.HALF_EVEN, "0.02"),
        ("-0.004", "USD", Rounding.HALF_UP, "0.00"),
        ("2.5", "JPY", Rounding.HALF_UP, "3"),
        ("2.5", "JPY", Rounding.HALF_EVEN, "2"),
        ("1.0005", "KWD", Rounding.HALF_UP, "1.001"),
        ("2.6", "USD", Rounding.HALF_UP, "2.60"),
        ("1" * 40 + ".125", "USD", Rounding.HALF_UP, "1" * 40 + ".13"),
    ],
)
def test_money_is_rounded_to_the_minor_unit(
    amount: str, currency: str, rounding: Rounding, rounded: str
) -> None:
    for number in (Decimal(amount), Fraction(amount)):
        assert str(round_money(number, currency=currency, rounding=rounding)) == rounded


@given(AMOUNTS, st.sampled_from(Rounding), st.sampled_from(["USD", "JPY", "KWD"]))
def test_decimals_and_fractions_round_alike(
    amount: Decimal, rounding: Rounding, currency: str
) -> None:
    assert round_money(amount, currency=currency, rounding=rounding) == round_money(
        Fraction(amount), currency=currency, rounding=rounding
    )


@given(AMOUNTS)
def test_the_floor_is_the_greatest_payable_amount_not_above(amount: Decimal) -> None:
    floored = floor_money(amount, currency="USD")

    assert floored <= amount < floored + Decimal("0.01")
    assert floored == floor_money(Fraction(amount), currency="USD")


@pytest.mark.parametrize(
    "amount,currency,text",
    [("21.3", "USD", "21.30"), ("0", "USD", "0.00"), ("-0", "USD", "0.00"), ("5", "JPY", "5")],
)
def test_money_prints_with_the_digits_of_its_currency(
    amount: str, currency: str, text: str
) -> None:
    assert money_text(Decimal(amount), currency) == text


def test_an_amount_that_was_never_rounded_does_not_print() -> None:
    with pytest.raises(Inexact):
        money_text(Decimal("21.355"), "USD")


def test_the_largest_remainder_gets_the_odd_cent_and_the_first_of_equal_ones() -> None:
    thirds = [Fraction(1)] * 3

    assert spread(Decimal("1.00"), thirds, currency="USD") == [
        Decimal("0.34"),
        Decimal("0.33"),
        Decimal("0.33"),
    ]
    assert spread(Decimal("0.03"), [Decimal(1), Decimal(3)], currency="USD") == [
        Decimal("0.01"),
        Decimal("0.02"),
    ]


@given(CENTS, WEIGHTS)
def test_shares_add_up_and_lie_within_a_cent_of_exact(
    total: Decimal, weights: list[Fraction]
) -> None:
    parts = spread(total, weights, currency="USD")

    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(total) * weight / sum(weights)
        assert abs(Fraction(part) - exact) < Fraction(1, 100)


def test_nothing_can_be_spread_over_no_weight() -> None:
    assert spread(Decimal(0), [Fraction(0)], currency="USD") == [Decimal("0.00")]
    with pytest.raises(ValueError, match="all weights are zero"):
        spread(Decimal(1), [Fraction(0)], currency="USD")


@pytest.mark.parametrize(
    "amount,currency,text",
    [("0.2", "USD", "0.20"), ("0.0045", "USD", "0.0045"), ("3", "JPY", "3"), ("3", "KWD", "3.000")],
)
def test_a_fine_amount_keeps_its_digits_and_has_at_least_the_currencys(
    amount: str, currency: str, text: str
) -> None:
    assert fine_text(Decimal(amount), currency) == text


def test_a_weight_may_not_be_negative() -> None:
    with pytest.raises(ValueError, match="a weight may not be negative"):
        spread(Decimal("1.00"), [Decimal(2), Decimal(-1)], currency="USD")
