"""The keys of a price per unit: `unit_price`, or `rate_card` with `fallback_rate`."""

from __future__ import annotations

from collections.abc import Mapping

from invoicing.rating.rate_card import RateCard
from invoicing.rating.terms.per_unit import PerUnit
from values.exact import plain
from values.fields import Section, did_you_mean

RateCards = Mapping[str, RateCard | None]
"""Rate cards by code; None is one that is known to be wrong, and no second mistake."""


def read_per_unit(section: Section, rate_cards: RateCards) -> PerUnit | None:
    """Return the terms, None where they have problems."""
    unit_price = section.decimal_or("unit_price", None)
    fallback_rate = section.decimal_or("fallback_rate", None)
    card_place = section.get("rate_card")
    rate_card = None
    if card_place is not None:
        code = card_place.text()
        if code and code not in rate_cards:
            card_place.problem(f"unknown rate card '{code}'{did_you_mean(code, rate_cards)}")
        rate_card = rate_cards.get(code)
        if rate_card is None:
            return None
    return section.build(
        lambda: PerUnit(unit_price=unit_price, rate_card=rate_card, fallback_rate=fallback_rate)
    )


def per_unit_as_json(model: PerUnit) -> dict[str, object]:
    """Return the keys that `read_per_unit` reads."""
    return {
        "unit_price": None if model.unit_price is None else plain(model.unit_price),
        "rate_card": model.rate_card.code if model.rate_card else None,
        "fallback_rate": None if model.fallback_rate is None else plain(model.fallback_rate),
    }
