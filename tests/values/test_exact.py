from decimal import Decimal, Inexact
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.exact import EXACT, NotExact, exact_decimal, fraction_digits, plain, simplest

NUMBERS = st.decimals(min_value=-(10**12), max_value=10**12, places=9)


@pytest.mark.parametrize(
    "written,meant",
    [
        ("12", "12"),
        ("-0.50", "-0.5"),
        ("+7", "7"),
        (3, "3"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0E+999999"), "0"),
        (Decimal("-0.0"), "0"),
        (Decimal("0.10000000000000000000000000"), "0.1"),
        ("9" * 30, "9" * 30),
        ("0." + "1" * 18, "0." + "1" * 18),
    ],
)
def test_an_exact_number_is_read_as_written(written: object, meant: str) -> None:
    assert plain(exact_decimal(written)) == meant


@pytest.mark.parametrize(
    "value",
    [
        0.1,
        True,
        None,
        "",
        " 1",
        "1 ",
        "1e3",
        "1e999999",
        "NaN",
        "Infinity",
        ".5",
        "1.",
        "1_000",
        "1,000",
        "\N{ARABIC-INDIC DIGIT ONE}",
        "0x10",
        "9" * 31,
        "9" * 5000,
        10**30,
        "0." + "1" * 19,
        Decimal("1E999999"),
        Decimal("1E-19"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
        [],
    ],
)
def test_what_is_no_exact_number_is_refused(value: object) -> None:
    with pytest.raises(NotExact):
        exact_decimal(value)


def test_a_float_is_told_to_be_written_as_text() -> None:
    with pytest.raises(NotExact, match="write it as text"):
        exact_decimal(1.5)


@pytest.mark.parametrize(
    "number,text",
    [
        (Decimal("1E+2"), "100"),
        (Decimal("2.500"), "2.5"),
        (Decimal("-0.00"), "0"),
        (Decimal(100), "100"),
        (Decimal("1E-12"), "0.000000000001"),
        (Fraction(13, 5), "2.6"),
        (Fraction(1, 3), "0.333333333333333333"),
        (Fraction(-2, 3), "-0.666666666666666667"),
    ],
)
def test_plain_text_has_neither_exponent_nor_trailing_zeros(
    number: Decimal | Fraction, text: str
) -> None:
    assert plain(number) == text


@pytest.mark.parametrize(
    "number,text",
    [
        ("0", "0.00"),
        ("0.2", "0.20"),
        ("-7", "-7.00"),
        ("0.225", "0.225"),
        ("0.2500", "0.25"),
        ("1E+3", "1000.00"),
    ],
)
def test_plain_text_may_have_places_at_least(number: str, text: str) -> None:
    assert plain(Decimal(number), least_places=2) == text


@given(NUMBERS)
def test_plain_text_reads_back_as_the_same_number(number: Decimal) -> None:
    assert exact_decimal(plain(number)) == number


@given(NUMBERS)
def test_fraction_digits_are_those_of_the_plain_text(number: Decimal) -> None:
    assert fraction_digits(number) == len(plain(number).partition(".")[2])


def test_exact_arithmetic_raises_rather_than_rounds() -> None:
    with pytest.raises(Inexact):
        EXACT.divide(Decimal(1), Decimal(3))


def test_a_number_without_end_has_no_digits_to_count() -> None:
    with pytest.raises(NotExact, match="NaN is not a finite number"):
        fraction_digits(Decimal("NaN"))


def test_trailing_zeros_are_no_digits() -> None:
    assert fraction_digits(Decimal("1.2500")) == 2
    assert fraction_digits(Decimal("10.000")) == 0
    assert fraction_digits(Decimal("1E+3")) == 0
    assert fraction_digits(Decimal("0.000")) == 0


def test_the_simplest_form_is_a_decimal_where_one_holds_the_number() -> None:
    assert simplest(Fraction(1, 8)) == Decimal("0.125")
    assert isinstance(simplest(Fraction(1, 8)), Decimal)
    assert isinstance(simplest(Fraction(1, 3)), Fraction)
    assert simplest(Decimal("0.10")).as_tuple() == Decimal("0.10").as_tuple()  # type: ignore[union-attr]


@pytest.mark.parametrize("number", ["1E+1", "1E+3", "12", "1.50"])
def test_a_number_is_kept_without_an_exponent_above_zero(number: str) -> None:
    kept = exact_decimal(Decimal(number))

    assert kept == Decimal(number)
    assert "E" not in str(kept)
