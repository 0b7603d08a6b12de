"""What a version of a price charges, in a few words for a list."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.admin.pages.words import rate_words
from catalog.models import PriceVersion
from catalog.models.price import PriceKindChoice
from catalog.queries.price_currencies import currency_words
from values.exact import exact_decimal


def currency_of(version: PriceVersion) -> str:
    """Return what the rates are in; the version came `with_plan_currencies`."""
    plans: Sequence[str] = version.plan_currencies  # type: ignore[attr-defined]
    return currency_words(plans=plans, seller=version.price.legal_entity.currency)


def rates_shown(version: PriceVersion, *, currency: str) -> str:
    """Return ``graduated, 3 tiers from 0.03 USD``, ``0.25 USD per unit`` or the like."""
    kind = version.price.kind
    if kind == PriceKindChoice.USAGE:
        return f"{_model(version, 'unit', currency)}{_included(version.terms_keys)}"
    return _WAYS[PriceKindChoice(kind)](version, currency)


def _model(version: PriceVersion, unit: str, currency: str) -> str:
    keys = version.terms_keys
    match version.model:
        case "graduated" | "volume":
            return _tiers(version.model, keys["tiers"], "unit_price", currency)
        case "graduated_percentage":
            return _tiers("graduated percentage", keys["tiers"], "percent", "%")
        case "package":
            size = keys["package_size"]
            return f"{_rate(keys['package_price'], currency)} per {size} {unit}s"
        case "percentage":
            fee = keys.get("fixed_fee")
            return f"{keys['percent']} %{f' + {_rate(fee, currency)} per event' if fee else ''}"
        case "passthrough":
            return _markup(keys, currency)
    if version.rate_card is None:
        return f"{rate_words(version.unit_price)} {currency} per {unit}"
    fallback = version.fallback_rate
    words = rate_words(fallback) if fallback is None else f"{rate_words(fallback)} {currency}"
    return f"rate card {version.rate_card}, fallback {words}"


def _tiers(word: str, tiers: Sequence[Mapping[str, Any]], rate_key: str, sign: str) -> str:
    least = min(exact_decimal(tier.get(rate_key, "0")) for tier in tiers)
    shown = least if sign == "%" else rate_words(least)
    return f"{word}, {_counted(len(tiers), 'tier')} from {shown} {sign}"


def _markup(keys: Mapping[str, Any], currency: str) -> str:
    parts = ["cost"]
    if keys.get("markup_percent"):
        parts.append(f"{keys['markup_percent']} %")
    if keys.get("markup_fixed"):
        parts.append(f"{_rate(keys['markup_fixed'], currency)} per event")
    return " + ".join(parts)


def _included(keys: Mapping[str, Any]) -> str:
    included = keys.get("included")
    return f", {included['quantity']} included" if included else ""


def _recurring(version: PriceVersion, currency: str) -> str:
    return f"{_rate(version.terms_keys['amount'], currency)} per period"


def _seats(version: PriceVersion, currency: str) -> str:
    words = _model(version, "seat", currency)
    return words if version.model == "per_unit" else f"seats: {words}"


def _one_time(version: PriceVersion, currency: str) -> str:
    return f"{_rate(version.terms_keys['amount'], currency)} once"


def _performance(version: PriceVersion, currency: str) -> str:
    keys = version.terms_keys
    measure = keys["measure"]
    ratio = f"{measure['divide']} ÷ {measure['by']}" if isinstance(measure, dict) else measure
    return f"{_counted(len(keys['bands']), 'band')} on {ratio}"


def _calls(version: PriceVersion, currency: str) -> str:
    keys = version.terms_keys
    parts = [
        _counted(len(keys[key]), word)
        for key, word in (("bands", "band"), ("bundles", "bundle"))
        if keys.get(key)
    ]
    return ", ".join(["call rates", *parts])


_WAYS = {
    PriceKindChoice.RECURRING: _recurring,
    PriceKindChoice.SEAT: _seats,
    PriceKindChoice.ONE_TIME: _one_time,
    PriceKindChoice.PERFORMANCE: _performance,
    PriceKindChoice.CALL: _calls,
}


def _rate(text: str, currency: str) -> str:
    return f"{rate_words(exact_decimal(text))} {currency}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
