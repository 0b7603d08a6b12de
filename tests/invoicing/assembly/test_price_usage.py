"""How a combination of group keys was counted stands in the trace of the line that has it all."""

from dataclasses import replace
from decimal import Decimal

from invoicing.assembly.given_usage import GivenUsage
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.terms.per_unit import PerUnit
from tests.invoicing.assembly.metered_contract import (
    MINUTES,
    at,
    call,
    contract,
    lines,
    metered,
    minutes,
)
from usage.metering.aggregation import aggregate
from usage.metering.meter import UnitConversion
from values.period import Period

HOURS = replace(
    MINUTES, group_keys=("region",), unit_conversion=UnitConversion(Decimal(60), "hour")
)
CALLS = [
    call(11, 2, 80, region="US"),
    call(11, 3, 70, region="EU"),
    call(11, 20, 40, region="US"),
]


def steps(price: PriceTerms) -> list[tuple[str, list[dict[str, str]]]]:
    terms = contract(price, meters=[HOURS])
    sums = aggregate(HOURS, CALLS, Period(at(11), at(12)), [at(11, 15)])
    usage = GivenUsage(sums={"MINUTES": sums})
    return [
        (line.description, [step.as_json() for step in line.trace.steps])
        for line in lines(metered(terms, usage)[0])
    ]


def test_each_combination_tells_how_it_was_counted_and_converted() -> None:
    eu, us = steps(minutes())

    assert us == (
        "Minutes - US",
        [
            {"step": "counted", "quantity": "120", "events": "2", "aggregation": "sum"},
            {
                "step": "converted",
                "from": "120",
                "unit": "minute",
                "divide_by": "60",
                "to": "2",
                "label": "hour",
                "round": "none",
            },
        ],
    )
    assert [step["step"] for step in eu[1]] == ["counted", "converted"]
    assert eu[1][0]["quantity"] == "70"


def test_a_combination_on_two_lines_tells_it_on_neither() -> None:
    old = PriceVersion(None, at(11, 15), "Old", PerUnit(unit_price=Decimal(1)))
    new = PriceVersion(at(11, 15), None, "New", PerUnit(unit_price=Decimal(2)))

    told = dict(steps(PriceTerms("minutes", "MINUTES", (old, new))))

    assert told["Old - US"] == []
    assert told["New - US"] == []
    assert [step["step"] for step in told["Old - EU"]] == ["counted", "converted"]
