"""The keys of tiered prices: `tiers` and `flat_fee_at_zero`."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

from invoicing.rating.terms.tiers import Graduated, GraduatedPercentage, Tier, Volume
from values.exact import plain
from values.fields import Keys, Place, Section

Tiered = Graduated | Volume | GraduatedPercentage
TieredModel = TypeVar("TieredModel", Graduated, Volume, GraduatedPercentage)

_NOTHING = Decimal(0)


def read_tiers(section: Section, model: type[TieredModel]) -> TieredModel | None:
    """Return the terms of the model, None where they have problems."""
    rate_key = "percent" if model is GraduatedPercentage else "unit_price"
    tiers_place = section.need("tiers")
    tiers = [_read_tier(item, rate_key) for item in tiers_place.items()] if tiers_place else []
    at_zero = section.flag_or("flat_fee_at_zero", False)
    return section.build(
        lambda: model(tuple(tier for tier in tiers if tier is not None), flat_fee_at_zero=at_zero)
    )


def _read_tier(place: Place, rate_key: str) -> Tier | None:
    section = place.section(Keys(("up_to", rate_key, "flat_fee")))
    up_to = section.decimal_or("up_to", None)
    rate = section.decimal_or(rate_key, _NOTHING)
    flat_fee = section.decimal_or("flat_fee", _NOTHING)
    if isinstance(place.value, dict) and not (section.get(rate_key) or section.get("flat_fee")):
        place.problem(f"needs a {rate_key} or a flat_fee")
    return section.build(lambda: Tier(up_to, rate, flat_fee))


def tiers_as_json(model: Tiered) -> dict[str, object]:
    """Return the keys that `read_tiers` reads."""
    return {
        "tiers": [_tier_as_json(tier, model.rate_key) for tier in model.tiers],
        "flat_fee_at_zero": True if model.flat_fee_at_zero else None,
    }


def _tier_as_json(tier: Tier, rate_key: str) -> dict[str, object]:
    written: dict[str, object] = {
        "up_to": None if tier.up_to is None else plain(tier.up_to),
        rate_key: plain(tier.rate),
    }
    if tier.flat_fee:
        written["flat_fee"] = plain(tier.flat_fee)
    return written
