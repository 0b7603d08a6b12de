"""Which keys a price may have: some belong to every price, the others to a kind or a model."""

from __future__ import annotations

from collections.abc import Iterable

from invoicing.rating.price import PriceKind
from values.fields import Keys, Place, Section

PER_UNIT = "per_unit"

SECTIONS = (
    *("platform", "usage", "included", "overage"),
    *("premium", "telephony", "one_time", "true_up"),
)

COMMON_KEYS = (
    *("code", "product", "name", "kind", "tax_code", "section"),
    *("effective_from", "effective_to"),
)

TIER_KEYS = ("tiers", "flat_fee_at_zero")
MODEL_KEYS: dict[str, tuple[str, ...]] = {
    PER_UNIT: ("unit_price", "rate_card", "fallback_rate"),
    "graduated": TIER_KEYS,
    "volume": TIER_KEYS,
    "package": ("package_size", "package_price", "free_units", "round"),
    "percentage": (
        *("percent", "fixed_fee", "free_events", "free_amount"),
        *("minimum_per_event", "maximum_per_event"),
    ),
    "graduated_percentage": TIER_KEYS,
    "passthrough": ("amount_property", "markup_percent", "markup_fixed"),
}
SEAT_MODEL_KEYS = {PER_UNIT: ("unit_price",), "graduated": TIER_KEYS, "volume": TIER_KEYS}

KIND_KEYS: dict[PriceKind, tuple[str, ...]] = {
    PriceKind.RECURRING: ("amount", "timing", "prorate"),
    PriceKind.SEAT: ("model", "timing", "prorate"),
    PriceKind.ONE_TIME: ("amount", "at"),
    PriceKind.USAGE: (
        *("meter", "model", "included", "minimum_amount", "maximum_amount", "outcome"),
    ),
    PriceKind.CALL: (
        *("meter", "decimals", "call_rounding", "duration_basis", "min_billable_seconds"),
        *("band_policy", "default_band", "bands", "rates", "rates_file", "bundles"),
        *("on_unmatched", "lines_by"),
    ),
    PriceKind.PERFORMANCE: ("measure", "of", "bands"),
}
KIND_MODELS = {PriceKind.USAGE: MODEL_KEYS, PriceKind.SEAT: SEAT_MODEL_KEYS}

PRICE_KEYS = tuple(
    dict.fromkeys(
        (
            *COMMON_KEYS,
            *("meter", "model"),
            *(key for keys in MODEL_KEYS.values() for key in keys),
            *(key for keys in KIND_KEYS.values() for key in keys),
        )
    )
)
"""Every key of a price, in the order in which they are written."""


def keys_of(kind: PriceKind, model: str | None) -> frozenset[str]:
    """Return the keys that a price of the kind, and of the model where it has one, may have."""
    models = KIND_MODELS.get(kind, {})
    return frozenset((*COMMON_KEYS, *KIND_KEYS[kind], *models.get(model or "", ())))


def owners(key: str) -> tuple[str, ...]:
    """Return the kinds and models that a key belongs to, in the order of the plan file."""
    kinds = [kind.value for kind, keys in KIND_KEYS.items() if key in keys]
    models = [model for model, keys in MODEL_KEYS.items() if key in keys]
    if key in MODEL_KEYS[PER_UNIT] and key in SEAT_MODEL_KEYS[PER_UNIT]:
        models.append(PriceKind.SEAT.value)
    return (*kinds, *models)


def price_section(place: Place, *, besides: Iterable[str] = ()) -> Section:
    """Return the mapping of a price, its unknown keys named; `besides` are keys of the caller."""
    return place.section(Keys(now=(*PRICE_KEYS, *besides)))


def note_misplaced(section: Section, kind: PriceKind, model: str | None) -> None:
    """Name each key in use that belongs to another kind or model than this price's."""
    own = keys_of(kind, model)
    for key, place in section.places.items():
        if key in PRICE_KEYS and key not in own and place.value not in (None, [], {}):
            place.problem(f"belongs to {', '.join(owners(key))}")
