from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.carried import NOTHING_CARRIED, Carried
from invoicing.assembly.given_usage import GivenUsage
from invoicing.assembly.metered import (
    Metered,
    QuantityNotSliced,
    rate_metered,
)
from invoicing.assembly.terms import ContractTerms
from invoicing.rating.lots import Lot
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.rate_card import RateCard, RateCardVersion, RateEntry
from invoicing.rating.terms.allowance import Rollover
from invoicing.rating.terms.calls import Bundle, CallRate, Calls
from invoicing.rating.terms.package import Package
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.terms.tiers import Graduated, GraduatedPercentage, Tier, Volume
from tests.invoicing.assembly.metered_contract import (
    MINUTES,
    at,
    call,
    contract,
    given,
    included,
    lines,
    metered,
    minutes,
    rows,
)
from usage.metering.aggregation import aggregate
from usage.metering.meter import (
    Aggregation,
    Meter,
    QuantityRounding,
    QuantityRoundingMode,
    UnitConversion,
)
from usage.metering.quantity import MeteredEvent, Quantity
from values.period import Period

NOVEMBER = Period(at(11), at(12))
WHOLE = BilledPeriod(NOVEMBER, NOVEMBER)
TIERS = (Tier(Decimal(100), Decimal(1)), Tier(None, Decimal("0.5")))
BY_REGION = replace(MINUTES, group_keys=("region",))
REGIONS = {
    "US": call(11, 2, 80, region="US"),
    "EU": call(11, 3, 70, region="EU"),
    "nowhere": call(11, 4, 10),
}


def metered_with(meter: Meter, price: PriceTerms, usage: GivenUsage) -> Metered:
    return metered(contract(price, meters=[meter]), usage)[0]


def with_sums(meter: Meter, *events: MeteredEvent) -> GivenUsage:
    sums = aggregate(meter, events, NOVEMBER, ())
    return GivenUsage(sums={meter.code: sums}, readings={meter.code: events})


def november(
    terms: ContractTerms, usage: GivenUsage, carried: Carried = NOTHING_CARRIED
) -> Metered:
    return rate_metered(terms=terms, billed=WHOLE, usage=usage, carried=carried, sliced_at=())


def test_tiers_are_climbed_by_all_combinations_together() -> None:
    result = metered_with(BY_REGION, minutes(model=Graduated(TIERS)), given(*REGIONS.values()))

    assert rows(lines(result)) == ["Minutes - tier 1: 100 = 100.00", "Minutes - tier 2: 60 = 30.00"]
    assert [line.events for line in lines(result)] == [2, 2]


def test_sums_are_enough_where_no_event_is_looked_at() -> None:
    def part(day: int, region: str, quantity: int) -> Quantity:
        stretch = NOVEMBER.split([at(11, 11)])[day]
        return Quantity((("region", region),), stretch, Decimal(quantity), quantity)

    sums = [part(1, "EU", 70), part(0, "US", 80), part(1, "US", 10)]
    usage = GivenUsage(sums={"MINUTES": sums})
    terms = contract(
        minutes("volume", model=Volume(TIERS)),
        minutes("package", model=Package(Decimal(100), Decimal(5))),
        minutes("each"),
        meters=[BY_REGION],
    )

    result = rate_metered(
        terms=terms,
        billed=WHOLE,
        usage=usage,
        carried=NOTHING_CARRIED,
        sliced_at=[at(11, 11)],
    )

    assert rows(lines(result)) == [
        "Volume - tier 2: 160 = 80.00",
        "Package: 2 = 10.00",
        "Each - EU: 70 = 70.00",
        "Each - US: 90 = 90.00",
    ]
    assert [part.quantity for part in lines(result)[0].slices] == [80, 80]


def test_sums_do_where_only_they_are_at_hand() -> None:
    usage = GivenUsage(sums={"MINUTES": [Quantity((), NOVEMBER, Decimal(130), 4)]})
    terms = contract(
        minutes("graduated", model=Graduated(TIERS)), minutes("with", included=included(30))
    )

    assert rows(lines(november(terms, usage))) == [
        "Graduated - tier 1: 100 = 100.00",
        "Graduated - tier 2: 30 = 15.00",
        "With - included: 30 = 0.00 (0 left)",
        "With: 100 = 100.00",
    ]


def test_an_allowance_serves_combinations_in_the_order_of_time() -> None:
    result = metered_with(BY_REGION, minutes(included=included(100)), given(*REGIONS.values()))

    assert rows(lines(result)) == [
        "Minutes - included: 100 = 0.00 (0 left)",
        "Minutes - no region: 10 = 10.00",
        "Minutes - EU: 50 = 50.00",
    ]


def test_tiers_count_from_the_first_unit_after_the_allowance() -> None:
    price = minutes(model=Graduated(TIERS), included=included(50))

    assert rows(lines(metered_with(MINUTES, price, given(call(11, 2, 170))))) == [
        "Minutes - included: 50 = 0.00 (0 left)",
        "Minutes - tier 1: 100 = 100.00",
        "Minutes - tier 2: 20 = 10.00",
    ]


def test_rates_may_look_at_more_than_the_group_keys() -> None:
    card = RateCard(
        "rates",
        "MINUTES",
        (RateCardVersion(at(1), None, (RateEntry({"voice": "fine"}, Decimal(3)),)),),
    )
    model = PerUnit(rate_card=card, fallback_rate=Decimal(1))
    usage = given(call(11, 2, 20, voice="fine"), call(11, 3, 30), call(11, 4, 50, voice="fine"))

    result = metered_with(MINUTES, minutes(model=model, included=included(10)), usage)

    assert rows(lines(result)) == [
        "Minutes - included: 10 = 0.00 (0 left)",
        "Minutes: 60 = 180.00",
        "Minutes: 30 = 30.00",
    ]


CONVERTED = replace(
    MINUTES,
    quantity_rounding=QuantityRounding(QuantityRoundingMode.UP),
    unit_conversion=UnitConversion(Decimal(60), "hour", rounds_up=True),
)


@pytest.mark.parametrize("model", [PerUnit(unit_price=Decimal(1)), Graduated(TIERS)])
def test_quantities_are_rounded_and_converted_as_one(model: PerUnit | Graduated) -> None:
    usage = with_sums(CONVERTED, call(11, 2, "59.5"), call(11, 3, "0.7"), call(11, 4, "60"))

    (line,) = lines(metered_with(CONVERTED, minutes(model=model), usage))

    assert (str(line.quantity), line.unit, str(line.amount)) == ("3", "hour", "3.00")
    assert [step.as_json()["step"] for step in line.trace.steps[:3]] == [
        "counted",
        "rounded_quantity",
        "converted",
    ]
    assert [dict(step.values) for step in line.trace.steps[:3]] == [
        {"quantity": "120.2", "events": "3", "aggregation": "sum"},
        {"from": "120.2", "to": "121", "mode": "up", "places": "0"},
        {
            "from": "121",
            "unit": "minute",
            "divide_by": "60",
            "to": "3",
            "label": "hour",
            "round": "up",
        },
    ]


def test_a_quantity_may_be_rounded_and_not_converted() -> None:
    meter = replace(MINUTES, quantity_rounding=QuantityRounding(QuantityRoundingMode.DOWN))

    (line,) = lines(metered_with(meter, minutes(), with_sums(meter, call(11, 2, "7.9"))))

    assert line.quantity == 7
    assert [step.kind for step in line.trace.steps] == ["counted", "rounded_quantity"]


def test_allowances_count_converted_units() -> None:
    result = metered_with(
        CONVERTED, minutes(included=included(2)), given(call(11, 2, 61), call(11, 3, 61))
    )

    assert rows(lines(result)) == [
        "Minutes - included: 2 = 0.00 (0 left)",
        "Minutes: 1 = 1.00",
    ]


def test_a_quantity_without_a_last_digit_is_billed_exactly() -> None:
    meter = replace(MINUTES, unit_conversion=UnitConversion(Decimal(60), "hour"))

    (line,) = lines(metered_with(meter, minutes(), with_sums(meter, call(11, 2, 100))))

    assert (line.quantity, line.exact_amount) == (Fraction(5, 3), Fraction(5, 3))
    assert str(line.amount) == "1.67"
    assert line.trace.sentence().startswith("1.666666666666666667 hour")


def test_corrections_that_outweigh_everything_leave_nothing_to_bill() -> None:
    usage = given(call(11, 2, 10), call(11, 3, -30))

    assert lines(metered_with(MINUTES, minutes(included=included(5)), usage)) == []
    assert lines(metered_with(MINUTES, minutes(model=Graduated(TIERS)), usage)) == []


def test_combinations_are_no_less_than_nothing_each() -> None:
    usage = given(call(11, 2, 10, region="US"), call(11, 3, -30, region="EU"))

    assert rows(lines(metered_with(BY_REGION, minutes(included=included(5)), usage))) == [
        "Minutes - included: 5 = 0.00 (0 left)",
        "Minutes - US: 5 = 5.00",
    ]


@pytest.mark.parametrize(
    "model,amount",
    [
        (Percentage(Decimal(10), Decimal(1)), "30.00"),
        (Passthrough("minutes", markup_fixed=Decimal(1)), "273.00"),
        (GraduatedPercentage((Tier(None, Decimal(10)),)), "15.00"),
    ],
)
def test_percentages_and_costs_go_by_the_value_of_each_event(
    model: Percentage | Passthrough | GraduatedPercentage, amount: str
) -> None:
    highest = replace(MINUTES, aggregation=Aggregation.MAX, allows_negative=False)
    usage = given(call(11, 2, 120), call(11, 3, 150), call(11, 4, "0"))

    (line,) = lines(metered_with(highest, minutes(model=model), usage))

    assert str(line.amount) == amount


def test_values_are_converted_too() -> None:
    cents = replace(
        MINUTES,
        aggregation=Aggregation.MAX,
        unit_conversion=UnitConversion(Decimal(100), "USD"),
    )

    (line,) = lines(
        metered_with(cents, minutes(model=Percentage(Decimal(10))), given(call(11, 2, 1250)))
    )

    assert (line.quantity, str(line.amount), line.unit) == (Decimal("12.5"), "1.25", "USD")


def test_a_level_carries_over_from_period_to_period() -> None:
    level = replace(MINUTES, aggregation=Aggregation.WEIGHTED_SUM)
    usage = given(call(11, 16, 10), call(12, 1, 5, key="second"))
    terms = contract(minutes(), minutes("tiers", model=Graduated(TIERS)), meters=[level])

    results = metered(terms, usage, at(1, year=2025))

    # Half of November's days at 10, and an hour more: the clocks went back on the 3rd.
    share = Decimal(15 * 24) / Decimal(30 * 24 + 1) * 10
    assert abs(Decimal(lines(results[0])[0].trace.as_json()["quantity"]) - share) < Decimal("1e-9")  # type: ignore[arg-type]
    assert rows(lines(results[1])) == ["Minutes: 15 = 15.00", "Tiers - tier 1: 15 = 15.00"]


def test_quantities_across_a_cut_or_outside_are_refused() -> None:
    terms = contract(minutes())
    for part in (NOVEMBER, Period(at(10, 31), at(11, 2))):
        usage = GivenUsage(sums={"MINUTES": [Quantity((), part, Decimal(1), 1)]})
        with pytest.raises(QuantityNotSliced):
            rate_metered(
                terms=terms,
                billed=WHOLE,
                usage=usage,
                carried=NOTHING_CARRIED,
                sliced_at=[at(11, 11)],
            )


def test_calls_are_rated_one_by_one_and_leave_what_is_in_their_bundles() -> None:
    rate = CallRate(initial_seconds=60, increment_seconds=60, rate_per_minute=Decimal(2))
    bundle = Bundle("free", 600, rollover=Rollover(1))
    voice = PriceVersion(None, None, "Voice", Calls((rate,), bundles=(bundle,)), "telephony")
    calls = Meter("CALL", "Calls", "call", Aggregation.COUNT, None, (), None, calls=True)
    terms = contract(PriceTerms("voice", "CALL", (voice,)), meters=[calls])
    said = {"direction": "outbound", "to_number": "+442083661177", "duration_seconds": "90"}
    event = MeteredEvent(at(11, 2), "one", {**said, "answer_at": "2024-11-02T04:00:00Z"})
    before = Lot(Decimal(60), at(10), at(12))
    heard: list[tuple[str, str]] = []

    result = rate_metered(
        terms=terms,
        billed=WHOLE,
        usage=given(event, meter="CALL"),
        carried=Carried({"bundle:voice:free": (before,), "price:gone": (before,)}),
        sliced_at=(),
        on_call=lambda price, rated: heard.append((price, rated.key)),
    )

    assert [(line.section, str(line.quantity)) for line in lines(result)] == [("included", "120")]
    assert heard == [("voice", "one")]
    assert [lot.left for lot in result.carried.lots["bundle:voice:free"]] == [540]
    assert result.carried.lots["price:gone"] == (before,)


def test_a_price_without_versions_comes_to_nothing() -> None:
    result = november(contract(PriceTerms("minutes", "MINUTES", ())), GivenUsage())

    assert result.by_price == {}


def test_what_a_bill_does_not_look_at_is_carried_on() -> None:
    lot = Lot(Decimal(5), at(10), None)
    since = (datetime(2024, 10, 1, tzinfo=UTC), Decimal(3))
    carried = Carried({"price:gone": (lot,), "price:minutes": (lot,)}, {"pool:gone": since})

    result = november(contract(minutes(included=included(10))), given(call(11, 2, 3)), carried)

    kept = Lot(Decimal(2), at(10), None)
    assert result.carried == Carried(
        {"price:gone": (lot,), "price:minutes": (kept,)}, {"pool:gone": since}
    )
