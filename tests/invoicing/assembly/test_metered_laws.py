"""Laws over generated prices with and without allowances, from events to lines."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.carried import NOTHING_CARRIED
from invoicing.assembly.given_usage import GivenUsage
from invoicing.assembly.metered import Metered, rate_metered
from invoicing.assembly.terms import ContractTerms
from invoicing.rating.lines import Line
from invoicing.rating.terms.allowance import Included
from invoicing.rating.terms.package import Package
from tests.invoicing.assembly.metered_contract import MINUTES, contract, minutes
from tests.invoicing.rating.generated_models import TIMES, VALUES, models
from tests.invoicing.rating.usage_prices import NOVEMBER, day
from usage.metering.aggregation import aggregate
from usage.metering.meter import QuantityRounding, QuantityRoundingMode, UnitConversion
from usage.metering.quantity import MeteredEvent
from usage.metering.rounding import priced_units
from values.exact import total

WHOLE = BilledPeriod(NOVEMBER, NOVEMBER)
ALLOWANCES = st.none() | st.builds(
    Included, quantity=st.integers(0, 150).map(Decimal), pool=st.none() | st.just("all")
)
METERS = st.sampled_from(
    [
        MINUTES,
        replace(MINUTES, unit_conversion=UnitConversion(Decimal(7), "week")),
        replace(
            MINUTES,
            quantity_rounding=QuantityRounding(QuantityRoundingMode.HALF_UP),
            unit_conversion=UnitConversion(Decimal(3), "trio", rounds_up=True),
        ),
    ]
)
CUTS = st.lists(st.integers(2, 29).map(day), max_size=4).map(sorted)


@st.composite
def contracts(draw: st.DrawFn) -> ContractTerms:
    prices = [
        minutes(f"price-{number}", model=draw(models), included=draw(ALLOWANCES))
        for number in range(draw(st.integers(1, 3)))
    ]
    return contract(*prices, start=NOVEMBER.start, meters=[draw(METERS)])


@st.composite
def calls(draw: st.DrawFn) -> list[MeteredEvent]:
    rows = draw(st.lists(st.tuples(TIMES, VALUES), max_size=8))
    return [
        MeteredEvent(at, f"key-{number}", {"minutes": value})
        for number, (at, value) in enumerate(rows)
    ]


def rated(
    terms: ContractTerms, events: list[MeteredEvent], cuts: list[datetime] | None = None
) -> Metered:
    return rate_metered(
        terms=replace(terms, zone="UTC"),
        billed=WHOLE,
        usage=GivenUsage(
            sums={"MINUTES": aggregate(MINUTES, events, NOVEMBER, cuts or [])},
            readings={"MINUTES": events},
        ),
        carried=NOTHING_CARRIED,
        sliced_at=cuts or [],
    )


def printed(result: Metered) -> list[Line]:
    return [
        replace(line, slices=(), slice_amounts=None)
        for each in result.by_price.values()
        for line in each.lines
    ]


@given(contracts(), calls(), CUTS, st.randoms())
def test_neither_order_nor_cuts_nor_doing_it_again_changes_a_line(
    terms: ContractTerms, events: list[MeteredEvent], cuts: list[datetime], random: Random
) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)

    whole = printed(rated(terms, events))

    assert printed(rated(terms, shuffled, sorted(set(cuts)))) == whole
    assert printed(rated(terms, events)) == whole


@given(contracts(), calls(), CUTS)
def test_no_unit_is_lost_or_charged_twice(
    terms: ContractTerms, events: list[MeteredEvent], cuts: list[datetime]
) -> None:
    counted = total(Decimal(str(event.properties["minutes"])) for event in events)
    units = priced_units(terms.meters["MINUTES"], counted)

    result = rated(terms, events, sorted(set(cuts)))

    for price in terms.prices:
        lines = result.by_price[price.code].lines
        if not isinstance(price.versions[0].model, Package):
            assert total(line.quantity for line in lines if line.events is not None) == units
