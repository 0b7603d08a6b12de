"""Overrides: what a contract's agreement changes in the prices of its plans."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from invoicing.rating.call_overrides import settled_keys
from invoicing.rating.overrides import PriceOverride, overridden
from invoicing.rating.price_format.keys import PRICE_KEYS, price_section
from invoicing.rating.price_format.overlay import FIXED_KEYS
from invoicing.rating.price_format.per_unit import RateCards
from invoicing.rating.rate_card import RateCard
from invoicing.rating.terms.calls import Calls
from plan_file.format.context import Context
from plan_file.format.prices import CatalogPrice, note_references
from plan_file.format.rate_cards import read_entries
from values.fields import Place, Section, did_you_mean

OWN_KEYS = ("unit_price", "fallback_rate", "entries")


@dataclass(frozen=True)
class PriceBook:
    """What overrides refer to: the prices without problems, and all declared rate cards."""

    prices: Mapping[str, CatalogPrice]
    rate_cards: RateCards


def read_overrides(
    place: Place | None,
    *,
    zone: str,
    plans: Mapping[str, Iterable[str]],
    context: Context,
    book: PriceBook,
) -> dict[str, PriceOverride]:
    """
    Return the overrides without problems by the code of the price that they change.

    `plans` are the codes of the prices of each plan that they may be of; plain dates are
    midnights in the zone.
    """
    if place is None or place.value == []:
        return {}
    found: dict[str, PriceOverride] = {}
    for code, item in place.entries():
        if not any(code in codes for codes in plans.values()):
            _name_unknown(item, code, plans, context)
            continue
        override = _read_override(item, book.prices.get(code), zone, context, book.rate_cards)
        if override is not None:
            found[code] = override
    return found


def _name_unknown(place: Place, code: str, plans: Iterable[str], context: Context) -> None:
    prices = context.codes["prices"]
    if code in prices:
        named = ", ".join(f"'{plan}'" for plan in plans)
        place.problem(f"the plan {named} has no price '{code}'")
    else:
        place.problem(f"unknown price '{code}'{did_you_mean(code, prices)}")


def _read_override(
    place: Place, price: CatalogPrice | None, zone: str, context: Context, cards: RateCards
) -> PriceOverride | None:
    section = price_section(place, besides=("entries",))
    for key in FIXED_KEYS:
        if fixed := section.get(key):
            fixed.problem("is that of the price and is not replaced")
    unit_price = section.decimal_or("unit_price", None)
    fallback_rate = section.decimal_or("fallback_rate", None)
    entries = read_entries(section.items("entries"))
    card = _known_card(section, cards)
    keys = section.build(lambda: _other_keys(section, price, zone, context))
    if keys is None:
        return None

    def build() -> PriceOverride:
        override = PriceOverride(
            unit_price=unit_price,
            fallback_rate=fallback_rate,
            entries=entries,
            keys=keys,
            rate_card=card,
        )
        if price is not None and (card is not None or keys.get("rate_card") is None):
            overridden(price.terms, override)
            note_references(section, price.terms.code, context)
        return override

    override = section.build(build)
    return override if len(section.place.problems) == section.problems_before else None


def _known_card(section: Section, cards: RateCards) -> RateCard | None:
    place = section.get("rate_card")
    if place is None:
        return None
    code = place.text()
    if code and code not in cards:
        place.problem(f"unknown rate card '{code}'{did_you_mean(code, cards)}")
    return cards.get(code)


def _other_keys(
    section: Section, price: CatalogPrice | None, zone: str, context: Context
) -> dict[str, object] | None:
    keys = {
        key: place.value
        for key, place in section.places.items()
        if key in PRICE_KEYS and key not in OWN_KEYS
    }
    model = price.terms.versions[0].model if price is not None else None
    if not isinstance(model, Calls):
        return keys
    return settled_keys(section.place, keys, model=model, zone=zone, read_file=context.read_file)
