"""What a price must go on finding in the bodies of events."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from invoicing.rating.needed_properties import needed_by_price
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.rate_card import RateCard, RateCardVersion, RateEntry
from invoicing.rating.terms.bundle import Bundle
from invoicing.rating.terms.calls import Calls, DurationBasis
from invoicing.rating.terms.outcome import OutcomeRule
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.per_unit import PerUnit
from tests.invoicing.rating.calls.calling import CALL, a_price, a_rate
from usage.metering.meter import Aggregation, CreditUnits, Meter
from usage.metering.needed import Needed, Part, needed_by_meter


def numbers(
    *rows: Any, digits: str | None = None, meter: Meter | None = None, **keys: Any
) -> dict[str, int]:
    """Return how many first digits of each number are needed."""
    price = a_price(Calls(rows or (a_rate(),), **keys))
    found: dict[str, int] = {}
    for need in needed_by_price(price, meter, digits=digits):
        if need.part is Part.PREFIX:
            found[need.name] = max(need.digits, found.get(need.name, 0))
    return found


def wholes(*rows: Any, **keys: Any) -> set[str]:
    price = a_price(Calls(rows or (a_rate(),), **keys))
    return {need.name for need in needed_by_price(price) if need.part is Part.WHOLE}


def test_one_rate_for_all_calls_needs_no_number() -> None:
    assert numbers() == {}


def test_a_deck_needs_as_many_digits_as_its_longest_prefix() -> None:
    assert numbers(a_rate(prefix="44"), a_rate(prefix="442083")) == {
        "to_number": 6, "from_number": 6,
    }  # fmt: skip


def test_a_deck_of_outbound_calls_leaves_the_callers_number_alone() -> None:
    assert numbers(a_rate(prefix="44", direction="outbound")) == {"to_number": 2}


def test_the_filters_of_the_meter_say_which_calls_come() -> None:
    inbound = Meter(
        "CALL", "Calls", "call", Aggregation.COUNT, None, (), None, calls=True,
        filters={"direction": ("inbound",)},
    )  # fmt: skip

    assert numbers(a_rate(prefix="44"), meter=inbound) == {"from_number": 2}


def test_states_are_told_by_the_areas_of_both_numbers() -> None:
    found = numbers(a_rate(rate_jurisdiction="interstate"))

    assert found == {"to_number": 4, "from_number": 4}


def test_a_bundle_has_prefixes_too() -> None:
    bundle = Bundle("b", 60, directions=("outbound",), prefixes=("4420",))

    assert numbers(a_rate(), bundles=(bundle,)) == {"to_number": 4}


@pytest.mark.parametrize(
    "digits,needed",
    [("442083661177", 4), ("447911123456", 3), ("491701234567", 2), ("12125550100", 1)],
    ids=["has the longest", "leaves it later", "leaves it sooner", "has none"],
)
def test_of_one_number_so_much_is_needed_as_tells_it_from_the_others(
    digits: str, needed: int
) -> None:
    rows = (a_rate(prefix="44"), a_rate(prefix="4420"), a_rate(prefix=""))

    assert numbers(*rows, digits=digits)["to_number"] == needed


def test_calls_need_what_rows_and_lines_look_at() -> None:
    rows = (a_rate(match={"model": "fast"}, number_type="mobile"),)

    assert wholes() == {"direction", "end_at", "duration_seconds"}
    assert wholes(*rows, lines_by=("team", "prefix")) >= {"model", "number_type", "team"}
    assert "setup_at" in wholes(duration_basis=DurationBasis.SETUP)


def test_a_cost_that_is_passed_on_is_needed_whole() -> None:
    model = Passthrough(amount_property="cost", markup_percent=Decimal(0))
    version = PriceVersion(None, None, "Carrier", model)

    (need,) = needed_by_price(PriceTerms("carrier", "COST", (version,)))

    assert need == Needed("cost", Part.WHOLE, "price 'carrier' charges it")


def test_a_meter_needs_what_it_counts_groups_and_filters_by() -> None:
    meter = Meter(
        "M", "M", "call", Aggregation.UNIQUE_COUNT, "from_number", ("region",), None,
        filters={"model": ("fast",)},
    )  # fmt: skip

    found = {need.name: need.part for need in needed_by_meter(meter)}

    assert found == {"from_number": Part.SAMENESS, "region": Part.WHOLE, "model": Part.WHOLE}


def test_a_price_needs_what_its_rates_look_at_and_which_outcome_is_taken_back() -> None:
    entry = RateEntry({"model": "fast"}, Decimal("0.2"))
    card = RateCard("c", "M", (RateCardVersion(datetime(2026, 1, 1, tzinfo=UTC), None, (entry,)),))
    version = PriceVersion(
        None, None, "Tickets", PerUnit(rate_card=card, fallback_rate=Decimal(1)),
        outcome=OutcomeRule("resolved", ("reopened",), "ticket", 72),
    )  # fmt: skip

    assert list(needed_by_price(PriceTerms("tickets", "M", (version,)))) == [
        Needed("model", Part.WHOLE, "the rates of price 'tickets' look at it"),
        Needed("ticket", Part.SAMENESS, "price 'tickets' tells by it which outcome was taken back"),
    ]


def test_calls_need_the_line_where_a_bundle_is_of_lines() -> None:
    assert "line" in wholes(bundles=(Bundle("b", 60, lines=("office",)),))


def test_a_meter_of_calls_needs_what_tells_when_they_were_answered() -> None:
    assert [need.name for need in needed_by_meter(CALL)] == ["answer_at", "status"]


def test_a_meter_of_credits_needs_the_action() -> None:
    meter = Meter(
        "M", "M", "act", Aggregation.SUM, None, (), None, action_property="action",
        credit_units=(CreditUnits(None, {"mail": Decimal(1)}),),
    )  # fmt: skip

    assert list(needed_by_meter(meter)) == [
        Needed("action", Part.WHOLE, "meter 'M' takes credits by it")
    ]
