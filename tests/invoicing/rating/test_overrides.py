from dataclasses import replace
from decimal import Decimal

import pytest

from invoicing.rating.match import ANY
from invoicing.rating.overrides import PriceOverride, overridden
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.rate_card import RateCardVersion, RateEntry
from invoicing.rating.terms.per_unit import PerUnit
from tests.invoicing.ai_call_centre import CARD, NOV_1, PRICE
from values.problems import InvalidTerms

FLAT = PriceTerms(
    "calls", "CALLS", (PriceVersion(None, None, "Calls", PerUnit(unit_price=Decimal(1))),)
)


def entry(rate: str, priority: int = 0, **match: str) -> RateEntry:
    return RateEntry(match, Decimal(rate), priority)


def model_of(price: PriceTerms) -> PerUnit:
    model = price.versions[0].model
    assert isinstance(model, PerUnit)
    return model


def entries(price: PriceTerms) -> tuple[RateEntry, ...]:
    card = model_of(price).rate_card
    assert card is not None
    return card.versions[0].entries


def test_an_entry_replaces_that_of_equal_match_at_its_place() -> None:
    agreed = entry("0.75", call_outcome="escalated", region="US")
    changed = entries(overridden(PRICE, PriceOverride(entries=(agreed,))))

    assert [(it.rate, it.agreed) for it in changed[:4]] == [
        (Decimal("0.20"), False),
        (Decimal("0.40"), False),
        (Decimal("0.75"), True),
        (Decimal("0.25"), False),
    ]
    assert len(changed) == 9


def test_other_entries_are_added_at_the_end() -> None:
    agreed = RateEntry({"region": "US", "call_outcome": ANY}, Decimal("0.10"))
    changed = entries(overridden(PRICE, PriceOverride(entries=(agreed,))))

    assert len(changed) == 10
    assert changed[-1] == replace(agreed, agreed=True)


def test_an_entry_keeps_the_priority_that_it_replaces_unless_it_states_another() -> None:
    first = RateCardVersion(NOV_1, None, (entry("0.20", 7, region="US"),))
    card = replace(CARD, versions=(first,))
    model = PerUnit(rate_card=card, fallback_rate=Decimal(1))
    price = PriceTerms("ai-call", "AI_CALL", (PriceVersion(None, None, "AI Calls", model),))

    kept = overridden(price, PriceOverride(entries=(entry("0.10", region="US"),)))
    stated = overridden(price, PriceOverride(entries=(entry("0.10", 2, region="US"),)))

    assert [it.priority for it in entries(kept)] == [7]
    assert [it.priority for it in entries(stated)] == [2]


def test_an_entry_is_replaced_in_every_version() -> None:
    later = NOV_1.replace(year=2025)
    versions = (
        RateCardVersion(NOV_1, later, (entry("0.20", region="US"),)),
        RateCardVersion(later, None, (entry("0.30", region="US"),)),
    )
    model = PerUnit(rate_card=replace(CARD, versions=versions), fallback_rate=Decimal(1))
    price = PriceTerms("ai-call", "AI_CALL", (PriceVersion(None, None, "AI Calls", model),))

    changed = overridden(price, PriceOverride(entries=(entry("0.10", region="US"),)))

    card = model_of(changed).rate_card
    assert card is not None
    assert [version.entries[0].rate for version in card.versions] == [Decimal("0.10")] * 2


def test_unit_price_and_fallback_are_replaced() -> None:
    fallback = overridden(PRICE, PriceOverride(fallback_rate=Decimal("0.45")))
    unit_price = overridden(FLAT, PriceOverride(unit_price=Decimal("0.90")))

    assert model_of(fallback).fallback_rate == Decimal("0.45")
    assert model_of(unit_price).unit_price == Decimal("0.90")


def test_an_agreed_entry_that_ties_with_the_card_is_refused_naming_both() -> None:
    tying = RateEntry({"region": "US", "agent": "x"}, Decimal(1))
    with pytest.raises(InvalidTerms) as caught:
        overridden(PRICE, PriceOverride(entries=(tying,)))

    assert caught.value.problems[0].text() == (
        "entries[0]: (region: US, agent: x) ties with "
        "entries[0] of 'ai-call-rates' (region: US, call_outcome: resolved): "
        "one event can match both at the same rank, give one of them a priority"
    )


@pytest.mark.parametrize(
    "price,override,problem",
    [
        (
            PRICE,
            PriceOverride(unit_price=Decimal(1)),
            "unit_price: the price has a rate card, not a unit price",
        ),
        (
            FLAT,
            PriceOverride(fallback_rate=Decimal(1)),
            "fallback_rate: the price has a unit price, not a rate card",
        ),
        (
            FLAT,
            PriceOverride(entries=(entry("1", region="US"),)),
            "entries: the price has a unit price, not a rate card",
        ),
    ],
)
def test_a_key_that_the_price_does_not_have_cannot_be_replaced(
    price: PriceTerms, override: PriceOverride, problem: str
) -> None:
    with pytest.raises(InvalidTerms) as caught:
        overridden(price, override)

    assert str(caught.value) == problem


def test_an_override_that_says_two_rates_for_one_match_is_refused() -> None:
    with pytest.raises(InvalidTerms, match=r"entries\[1\]: \(region: US\) repeats entries\[0\]"):
        PriceOverride(entries=(entry("1", region="US"), entry("2", region="US")))


def test_agreed_entries_that_tie_with_each_other_are_refused_once_for_all_versions() -> None:
    override = PriceOverride(entries=(entry("1", agent="x"), entry("2", model="y")))
    with pytest.raises(InvalidTerms) as caught:
        overridden(PRICE, override)

    assert len(caught.value.problems) == 1
    assert str(caught.value) == (
        "entries[1]: (model: y) ties with entries[0] (agent: x): "
        "one event can match both at the same rank, give one of them a priority"
    )


def test_an_entry_replaces_all_that_ask_the_same_at_the_place_of_the_first() -> None:
    first = RateCardVersion(NOV_1, None, (entry("0.2", 7, region="US"), entry("0.3", region="US")))
    model = PerUnit(rate_card=replace(CARD, versions=(first,)), fallback_rate=Decimal(1))
    price = PriceTerms("ai-call", "AI_CALL", (PriceVersion(None, None, "AI Calls", model),))

    changed = overridden(price, PriceOverride(entries=(entry("0.1", region="US"),)))

    assert [(it.rate, it.priority) for it in entries(changed)] == [(Decimal("0.1"), 7)]


def test_a_replaced_entry_may_be_the_earlier_one_of_a_tie() -> None:
    first = RateCardVersion(NOV_1, None, (entry("0.2", 7, region="US"), entry("0.3", agent="x")))
    model = PerUnit(rate_card=replace(CARD, versions=(first,)), fallback_rate=Decimal(1))
    price = PriceTerms("ai-call", "AI_CALL", (PriceVersion(None, None, "AI Calls", model),))
    agreed = PriceOverride(entries=(entry("1", 9, region="EU"), entry("1", 2, region="US")))
    tying = RateCardVersion(NOV_1, None, (entry("0.2", 7, region="US"), entry("0.3", 2, agent="x")))
    card = replace(CARD, versions=(tying,))
    with_tie = replace(price.versions[0], model=replace(model, rate_card=card))

    overridden(price, agreed)
    with pytest.raises(InvalidTerms, match=r"entries\[1\]: .* ties with entries\[1\] of 'ai-call"):
        overridden(replace(price, versions=(with_tie,)), agreed)
