from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest

from invoicing.rating.fixed_charge import Amount, FixedCharge, fixed_line
from invoicing.rating.lines import Line
from invoicing.rating.performance import rate_performance
from invoicing.rating.terms.performance import Measure, Performance, PerformanceBand
from invoicing.rating.trace import StepKind
from tests.invoicing.rating.fees import JANUARY, NOVEMBER, charge, day, price, version
from values.number import Number

BANDS = (
    PerformanceBand(Decimal("0.7"), percent=Decimal(-10)),
    PerformanceBand(Decimal("0.9")),
    PerformanceBand(None, percent=Decimal(5), amount=Decimal(100)),
)
RATIO = Measure("RESOLVED", by="TICKETS")


def bonus(measure: Measure = RATIO, bands: tuple[PerformanceBand, ...] = BANDS) -> FixedCharge:
    terms = Performance(measure, ("usage", "base"), bands)
    return charge(price(version(terms, section="usage", tax_code="X")), NOVEMBER)


def line_of(code: str, amount: str) -> Line:
    of = charge(price(version(Performance(RATIO, (), BANDS)), code=code), NOVEMBER)
    return fixed_line(of, of.price.versions[0], NOVEMBER, Amount(exact=Decimal(amount)))


LINES = [line_of("usage", "100.004"), line_of("base", "50"), line_of("other", "999")]


def rated(of: FixedCharge, counted: Mapping[str, Number]) -> tuple[Line, ...]:
    return rate_performance(of, quantity_of=counted.__getitem__, lines=LINES)


@pytest.mark.parametrize(
    "resolved,tickets,amounts",
    [
        ("0", "10", ["-15.00"]),
        ("7", "10", ["-15.00"]),
        ("71", "100", []),
        ("9", "10", []),
        ("91", "100", ["107.50"]),
        ("12", "10", ["107.50"]),
        ("12", "0", []),
        ("0", "0", []),
    ],
)
def test_the_band_that_the_ratio_falls_in_says_what_it_brings(
    resolved: str, tickets: str, amounts: list[str]
) -> None:
    lines = rated(bonus(), {"RESOLVED": Decimal(resolved), "TICKETS": Decimal(tickets)})

    assert [str(line.amount) for line in lines] == amounts


def test_the_line_is_one_of_usage_with_its_own_tax_code() -> None:
    (line,) = rated(bonus(), {"RESOLVED": Decimal(2), "TICKETS": Decimal(3)})

    assert (line.section, line.tax_code, line.period) == ("usage", "X", NOVEMBER)
    assert (line.quantity, line.unit, line.unit_price) == (Decimal(1), None, None)
    assert (line.events, line.meter, line.exact_amount) == (None, None, Decimal(-15))
    assert [(step.kind, step.values) for step in line.trace.steps] == [
        (
            StepKind.MEASURE,
            {
                "meter": "RESOLVED",
                "by": "TICKETS",
                "value": "0.666666666666666667",
                "percent": "-10",
                "amount": "0",
                "of": "usage, base",
                "lines": "150",
            },
        )
    ]


def test_a_ratio_is_compared_exactly() -> None:
    thirds = (
        PerformanceBand(Decimal("0.333333333333333333"), amount=Decimal(1)),
        PerformanceBand(None, amount=Decimal(2)),
    )
    (line,) = rated(bonus(bands=thirds), {"RESOLVED": Decimal(1), "TICKETS": Decimal(3)})

    assert str(line.amount) == "2.00"


def test_the_quantity_of_one_meter_is_a_measure_too() -> None:
    (line,) = rated(bonus(Measure("SCORE")), {"SCORE": Fraction(14, 3)})

    assert str(line.amount) == "107.50"
    assert line.trace.steps[0].values["by"] == ""


def test_above_the_last_band_there_is_nothing() -> None:
    capped = (PerformanceBand(Decimal(1), amount=Decimal(10)),)

    assert rated(bonus(Measure("SCORE"), capped), {"SCORE": Decimal("1.1")}) == ()


def test_it_is_neither_prorated_nor_split_and_takes_the_version_of_its_first_day() -> None:
    half = (PerformanceBand(None, amount=Decimal(10)),)
    full = (PerformanceBand(None, amount=Decimal(90)),)
    terms = price(
        version(Performance(Measure("SCORE"), (), half), "2024-11-11", "2024-11-21"),
        version(Performance(Measure("SCORE"), (), full), "2024-11-21"),
    )
    of = charge(terms, NOVEMBER, breaks=["2024-11-21"])

    (line,) = rated(of, {"SCORE": Decimal(1)})

    assert (str(line.amount), line.rate_version) == ("10.00", day("2024-11-11"))


def test_a_price_that_is_not_in_force_brings_nothing() -> None:
    over = price(version(Performance(Measure("SCORE"), (), BANDS), None, "2024-11-01"))

    assert rated(charge(over, JANUARY), {"SCORE": Decimal(1)}) == ()
