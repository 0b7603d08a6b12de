from dataclasses import replace
from decimal import Decimal

import pytest

from invoicing.assembly.given_usage import GivenUsage
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.performance import Measure, Performance, PerformanceBand
from tests.invoicing.assembly.metered_contract import (
    MINUTES,
    at,
    call,
    contract,
    given,
    metered,
    minutes,
)
from usage.metering.meter import Aggregation
from usage.metering.quantity import Quantity
from values.period import Period

NOVEMBER = Period(at(11), at(12))
GAP = PriceTerms(
    "minutes",
    "MINUTES",
    (
        PriceVersion(None, at(11, 11), "Minutes", PerUnit(unit_price=Decimal(1))),
        PriceVersion(at(11, 21), None, "Minutes", PerUnit(unit_price=Decimal(1))),
    ),
)


@pytest.mark.parametrize("aggregation", [Aggregation.SUM, Aggregation.MAX])
def test_usage_for_which_no_price_is_in_force_is_listed(aggregation: Aggregation) -> None:
    meter = replace(MINUTES, aggregation=aggregation)
    events = [call(11, day, 5) for day in (10, 11, 20, 21)]
    stretches = NOVEMBER.split([at(11, 11), at(11, 21)])
    counts = (1, 2, 1)
    sums = [
        Quantity((), part, Decimal(5 * count), count)
        for part, count in zip(stretches, counts, strict=True)
    ]
    usage = GivenUsage(sums={"MINUTES": sums}, readings={"MINUTES": events})

    (result,) = metered(contract(GAP, meters=[meter]), usage)

    (unpriced,) = result.unpriced
    assert unpriced.meter == "MINUTES"
    assert [(part.period, part.events) for part in unpriced.slices] == [(stretches[1], 2)]


def test_a_meter_that_only_measures_performance_is_looked_at() -> None:
    stars = replace(MINUTES, code="STARS", aggregation=Aggregation.LATEST)
    model = Performance(Measure("STARS"), ("minutes",), (PerformanceBand(None, Decimal(5)),))
    bonus = PriceTerms("bonus", None, (PriceVersion(None, None, "Bonus", model),))
    usage = given(call(11, 2, 4), meter="STARS")

    (looked_at,) = metered(contract(minutes(), bonus, meters=[MINUTES, stars]), usage)
    (ignored,) = metered(contract(minutes(), meters=[MINUTES, stars]), usage)

    assert looked_at.unpriced == ()
    assert [part.meter for part in ignored.unpriced] == ["STARS"]
    assert "bonus" not in looked_at.by_price


@pytest.mark.parametrize("aggregation", [Aggregation.SUM, Aggregation.MAX])
def test_without_usage_nothing_is_unpriced(aggregation: Aggregation) -> None:
    meter = replace(MINUTES, aggregation=aggregation)

    assert metered(contract(meters=[meter]), GivenUsage())[0].unpriced == ()
