"""Overrides: what a contract's agreement changes in the prices of its plan."""

from collections.abc import Mapping

from invoicing.rating.overrides import PriceOverride, overridden
from plan_file.format.context import Context
from plan_file.format.plans import Plan
from plan_file.format.prices import KEYS as PRICE_KEYS
from plan_file.format.prices import CatalogPrice
from plan_file.format.rate_cards import read_entries
from values.fields import Keys, Place, did_you_mean

_NOW = ("unit_price", "fallback_rate", "entries")

KEYS = Keys(
    now=_NOW,
    later=tuple(key for key in (*PRICE_KEYS.now, *PRICE_KEYS.later) if key not in _NOW),
)


def read_overrides(
    place: Place, *, plan: Plan, context: Context, prices: Mapping[str, CatalogPrice]
) -> dict[str, PriceOverride]:
    """Return the overrides without problems by the code of the price that they change."""
    found: dict[str, PriceOverride] = {}
    for code, item in place.entries():
        if code not in plan.prices:
            _name_unknown(item, code, plan, context)
            continue
        override = _read_override(item, prices.get(code))
        if override is not None:
            found[code] = override
    return found


def _name_unknown(place: Place, code: str, plan: Plan, context: Context) -> None:
    prices = context.codes["prices"]
    if code in prices:
        place.problem(f"the plan '{plan.code}' has no price '{code}'")
    else:
        place.problem(f"unknown price '{code}'{did_you_mean(code, prices)}")


def _read_override(place: Place, price: CatalogPrice | None) -> PriceOverride | None:
    section = place.section(KEYS)
    unit_price = section.decimal_or("unit_price", None)
    fallback_rate = section.decimal_or("fallback_rate", None)
    entries = read_entries(section.items("entries"))

    def build() -> PriceOverride:
        override = PriceOverride(
            unit_price=unit_price, fallback_rate=fallback_rate, entries=entries
        )
        if price is not None:
            overridden(price.terms, override)
        return override

    return section.build(build)
