"""The formula of a line, for every kind of line, with plain numbers."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.rating.calculation import Calculation, Numbers, written
from invoicing.rating.sentence import PlainWords, formula, tier_text
from invoicing.rating.trace import StepKind, TraceStep

WORDS = PlainWords("USD")


def step(of: StepKind, /, **values: str) -> TraceStep:
    return TraceStep(of, {name.rstrip("_"): value for name, value in values.items()})


def line(
    quantity: str,
    exact: str,
    *steps: TraceStep,
    unit: str | None = None,
    rate: str | None = None,
    model: str = "per_unit",
) -> Calculation:
    return Calculation(
        quantity=Decimal(quantity),
        unit=unit,
        rate=None if rate is None else Decimal(rate),
        exact_amount=Fraction(exact),
        model=model,
        steps=steps,
    )


INCLUDED = step(StepKind.INCLUDED, from_="1284", used="1000", left="0", pool="", to="284")
TWENTY_DAYS = step(StepKind.DAYS, days="20", of_days="30")
CALLS = {"calls": "412", "raw_seconds": "17900", "billed_seconds": "18540"}


@pytest.mark.parametrize(
    "calculation,expected",
    [
        (line("13", "2.6", unit="minute", rate="0.2"), "13 minutes × 0.20 USD = 2.60 USD"),
        (
            line("284", "56.8", INCLUDED, unit="minute", rate="0.2"),
            "1284 minutes − 1000 included = 284 × 0.20 USD = 56.80 USD",
        ),
        (
            line("100", "20", INCLUDED, unit="minute", rate="0.2"),
            "100 minutes × 0.20 USD = 20.00 USD",
        ),
        (
            line("1284", "2.568", unit="1K tokens", rate="0.002"),
            "1284 × 1K tokens × 0.002 USD = 2.568 USD",
        ),
        (
            line("1000", "0", step(StepKind.INCLUDED, left="284"), unit="minute"),
            "1000 minutes included at no charge, 284 left",
        ),
        (
            line("60", "0", step(StepKind.BUNDLE, code="b"), unit="second"),
            "60 seconds included at no charge",
        ),
        (
            line("40", "0", step(StepKind.INCLUDED, used="60", left="0"), unit="minute"),
            "40 minutes = 0.00 USD",
        ),
        (line("1", "99"), "99.00 USD"),
        (line("1", "99", rate="99"), "99.00 USD"),
        (line("1", "10", step(StepKind.FLAT_FEE, number="2")), "flat fee of tier 2 = 10.00 USD"),
        (line("1", "10", step(StepKind.FLAT_FEE)), "flat fee = 10.00 USD"),
        (
            line("3", "15", step(StepKind.PACKAGES, size="100"), unit="package", rate="5"),
            "3 packages of 100 × 5.00 USD = 15.00 USD",
        ),
        (
            line("1", "33", step(StepKind.DAYS, days="10", of_days="30", amount="99")),
            "99.00 USD × 10 of 30 days = 33.00 USD",
        ),
        (
            line("1", "33", step(StepKind.DAYS, days="10", of_days="30"), rate="99"),
            "99.00 USD × 10 of 30 days = 33.00 USD",
        ),
        (
            line("1", "99", step(StepKind.DAYS, days="30", of_days="30", amount="99")),
            "99.00 USD",
        ),
        (
            line(
                "8", "320/3", step(StepKind.DAYS, days="20", of_days="30"), unit="seat", rate="20"
            ),
            "8 seats × 20.00 USD × 20 of 30 days = 106.666666… USD",
        ),
        (
            line("1", "18.8", step(StepKind.LIMIT, kind="minimum", amount="50", lines="31.20")),
            "minimum 50.00 USD − lines 31.20 USD = 18.80 USD",
        ),
        (
            line(
                "1",
                "-5",
                step(
                    StepKind.LIMIT, kind="maximum", amount="30", lines="15", days="1", of_days="3"
                ),
            ),
            "maximum 30.00 USD × 1 of 3 days − lines 15.00 USD = -5.00 USD",
        ),
        (
            line("1", "40", step(StepKind.MEASURE, percent="5", amount="-10", lines="1000")),
            "5% of 1000.00 USD − 10.00 USD = 40.00 USD",
        ),
        (
            line("1", "50", step(StepKind.MEASURE, percent="5", amount="0", lines="1000")),
            "5% of 1000.00 USD = 50.00 USD",
        ),
        (
            line("1", "25", step(StepKind.MEASURE, value="0.93", percent="0", amount="25")),
            "amount for a measure of 0.93 = 25.00 USD",
        ),
        (
            line("1", "25", step(StepKind.MEASURE, percent="0", amount="25")),
            "amount for a measure of  = 25.00 USD",
        ),
        (
            line(
                "5000",
                "148",
                step(
                    StepKind.PERCENTAGE, value="5000", percent="2.9", fixed_fee="0.3", events="10"
                ),
            ),
            "2.9% of 5000.00 USD + 10 × 0.30 USD = 148.00 USD",
        ),
        (
            line(
                "5000",
                "100",
                step(
                    StepKind.PERCENTAGE, value="5000", percent="2.9", fixed_fee="0.3", events="10"
                ),
            ),
            (
                "2.9% and 0.30 USD each of 10 events worth 5000.00 USD, within what is free and "
                "the limits = 100.00 USD"
            ),
        ),
        (
            line(
                "5000",
                "125",
                step(StepKind.TIER, rate="2.5"),
                model="graduated_percentage",
            ),
            "2.5% of 5000.00 USD = 125.00 USD",
        ),
        (
            line(
                "12",
                "14.55",
                step(StepKind.MARKUP, cost="12", percent="20", fixed="0.01", events="15"),
            ),
            "cost 12.00 USD + 20% + 15 × 0.01 USD = 14.55 USD",
        ),
        (
            line("12", "12", step(StepKind.MARKUP, cost="12", percent="0", fixed="0", events="15")),
            "cost 12.00 USD = 12.00 USD",
        ),
        (
            line("12540", "3.135", step(StepKind.CALLS, **CALLS, paid_seconds="12540")),
            "412 calls, 18540 seconds − 6000 free, 12540 seconds paid = 3.135 USD",
        ),
        (
            line("18540", "3.135", step(StepKind.CALLS, **CALLS, paid_seconds="18540")),
            "412 calls, 18540 seconds = 3.135 USD",
        ),
    ],
)
def test_a_line_of_each_kind_is_a_formula(calculation: Calculation, expected: str) -> None:
    assert formula(calculation, WORDS) == expected


@pytest.mark.parametrize(
    "kind,values",
    [
        (StepKind.LIMIT, {"amount": "50", "lines": "1"}),
        (StepKind.MEASURE, {"percent": "5", "lines": "1"}),
        (StepKind.DAYS, {"days": "1", "of_days": "2", "amount": "5"}),
        (StepKind.DAYS, {"days": "1", "of_days": "2"}),
        (StepKind.DAYS, {}),
        (StepKind.MARKUP, {"cost": "3"}),
        (StepKind.PACKAGES, {}),
        (StepKind.COUNTED, {"quantity": "many"}),
    ],
)
def test_an_equation_that_does_not_hold_is_not_written(
    kind: StepKind, values: dict[str, str]
) -> None:
    assert formula(line("1", "7", TraceStep(kind, values)), WORDS) == "7.00 USD"


@pytest.mark.parametrize("tier", [step(StepKind.TIER, rate="2"), step(StepKind.TIER)])
def test_a_tier_of_percentages_that_does_not_come_out_is_only_an_amount(tier: TraceStep) -> None:
    calculation = line("10", "7", tier, model="graduated_percentage")

    assert formula(calculation, WORDS) == "10 = 7.00 USD"


@pytest.mark.parametrize(
    "values,model,expected",
    [
        ({"above": "500", "up_to": "1000"}, "graduated", "units above 500 up to 1000"),
        ({"above": "0", "up_to": "500"}, "graduated", "units up to 500"),
        ({"above": "500", "up_to": ""}, "graduated", "units above 500"),
        ({"above": "0"}, "graduated", "one tier"),
        ({"above": "500"}, "volume", "all units, as for above 500"),
    ],
)
def test_a_tier_names_its_units(values: dict[str, str], model: str, expected: str) -> None:
    assert tier_text(line("1", "1", TraceStep(StepKind.TIER, values), model=model)) == expected


def test_a_quantity_that_never_ends_is_cut_off() -> None:
    calculation = replace(line("1", "1/3", unit="minute", rate="0.2"), quantity=Fraction(5, 3))

    assert formula(calculation, WORDS) == "1.666666… minutes × 0.20 USD = 0.333333… USD"


def test_without_a_tier_there_is_nothing_to_name() -> None:
    assert tier_text(line("1", "1")) == ""


@given(st.fractions())
def test_what_is_written_is_exact_or_cut_off_and_says_so(amount: Fraction) -> None:
    number, dots = written(amount)

    if dots:
        assert 0 < abs(amount - Fraction(number)) < Fraction(1, 10**6)
        assert abs(Fraction(number)) <= abs(amount)
    else:
        assert Fraction(number) == amount


def test_the_least_fraction_keeps_digits() -> None:
    assert written(Fraction(1, 3 * 10**9)) == (Decimal("0.000000000333333333"), "…")


def test_a_part_of_nothing_or_of_something_unnamed_is_none() -> None:
    assert Numbers({"days": "1"}).part("days", "of_days") is None
    assert Numbers({"of_days": "1"}).part("days", "of_days") is None
