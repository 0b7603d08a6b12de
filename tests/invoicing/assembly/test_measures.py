from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.given_usage import GivenUsage
from invoicing.assembly.measures import measured_quantity
from invoicing.assembly.terms import ContractTerms
from tests.invoicing.rating.fees import JANUARY, NOVEMBER, days
from usage.metering.meter import (
    Aggregation,
    Meter,
    QuantityRounding,
    QuantityRoundingMode,
    UnitConversion,
)
from usage.metering.quantity import MeteredEvent, Quantity
from values.number import Number
from values.period import Period


def meter(aggregation: Aggregation, **more: object) -> Meter:
    return Meter("M", "M", "m", aggregation, "value", ("region",), None, **more)  # type: ignore[arg-type]


def event(at: datetime, value: str, region: str) -> MeteredEvent:
    return MeteredEvent(at, f"{at}", {"value": value, "region": region})


def quantity(of: Meter, usage: GivenUsage, period: Period = NOVEMBER) -> Number:
    terms = ContractTerms("USD", (), {"M": of}, starts_at=NOVEMBER.start)
    return measured_quantity(terms, "M", billed=BilledPeriod(period, period), usage=usage)


def test_sums_of_all_combinations_are_rounded_and_converted_as_one() -> None:
    of = meter(
        Aggregation.SUM,
        quantity_rounding=QuantityRounding(QuantityRoundingMode.UP),
        unit_conversion=UnitConversion(Decimal(3), "threes"),
    )
    half = NOVEMBER.split([NOVEMBER.start + timedelta(days=10)])
    sums = [
        Quantity((("region", region),), part, Decimal("0.6"), 1)
        for region in ("US", "EU")
        for part in half
    ]

    assert quantity(of, GivenUsage({"M": sums})) == 1


def test_the_highest_value_is_that_of_all_combinations() -> None:
    events = [
        event(NOVEMBER.start, "5", "US"),
        event(NOVEMBER.start + timedelta(hours=1), "9", "EU"),
        event(NOVEMBER.end, "100", "EU"),
    ]

    assert quantity(meter(Aggregation.MAX), GivenUsage(readings={"M": events})) == 9


def test_a_level_is_carried_from_the_periods_before() -> None:
    december = days("2024-12-01", "2025-01-01")
    events = [
        event(NOVEMBER.start + timedelta(days=3), "4", "US"),
        event(december.start + timedelta(days=1), "31", "EU"),
    ]
    usage = GivenUsage(readings={"M": events})

    of = meter(Aggregation.WEIGHTED_SUM)
    assert quantity(of, usage) == Fraction(4 * 27, 30)
    assert quantity(of, usage, december) == 4 + 30
    assert quantity(of, usage, JANUARY) == 35
