"""What a version of a price charges, in a few words for a list."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.admin.pages.words import rate_words
from catalog.models import PriceVersion
from catalog.models.price import PriceKindChoice
from values.exact import exact_decimal


def rates_shown(version: PriceVersion) -> str:
    """Return ``graduated, 3 tiers from 0.03``, ``0.25 per unit`` or the like."""
    kind = version.price.kind
    if kind == PriceKindChoice.USAGE:
        return f"{_model(version, 'unit')}{_included(version.terms_keys)}"
    return _WAYS[PriceKindChoice(kind)](version)


def _model(version: PriceVersion, unit: str) -> str:
    keys = version.terms_keys
    match version.model:
        case "graduated" | "volume":
            return _tiers(version.model, keys["tiers"], "unit_price", "")
        case "graduated_percentage":
            return _tiers("graduated percentage", keys["tiers"], "percent", " %")
        case "package":
            return f"{_rate(keys['package_price'])} per {keys['package_size']} {unit}s"
        case "percentage":
            fee = f" + {_rate(keys['fixed_fee'])} per event" if keys.get("fixed_fee") else ""
            return f"{keys['percent']} %{fee}"
        case "passthrough":
            return _markup(keys)
    if version.rate_card is None:
        return f"{rate_words(version.unit_price)} per {unit}"
    fallback = rate_words(version.fallback_rate)
    return f"rate card {version.rate_card}, fallback {fallback}"


def _tiers(word: str, tiers: Sequence[Mapping[str, Any]], rate_key: str, sign: str) -> str:
    rates = [exact_decimal(tier.get(rate_key, "0")) for tier in tiers]
    least = min(rates)
    shown = f"{least}{sign}" if sign else rate_words(least)
    return f"{word}, {_counted(len(tiers), 'tier')} from {shown}"


def _markup(keys: Mapping[str, Any]) -> str:
    parts = ["cost"]
    if keys.get("markup_percent"):
        parts.append(f"{keys['markup_percent']} %")
    if keys.get("markup_fixed"):
        parts.append(f"{_rate(keys['markup_fixed'])} per event")
    return " + ".join(parts)


def _included(keys: Mapping[str, Any]) -> str:
    included = keys.get("included")
    return f", {included['quantity']} included" if included else ""


def _recurring(version: PriceVersion) -> str:
    return f"{_rate(version.terms_keys['amount'])} per period"


def _seats(version: PriceVersion) -> str:
    words = _model(version, "seat")
    return words if version.model == "per_unit" else f"seats: {words}"


def _one_time(version: PriceVersion) -> str:
    return f"{_rate(version.terms_keys['amount'])} once"


def _performance(version: PriceVersion) -> str:
    keys = version.terms_keys
    measure = keys["measure"]
    ratio = f"{measure['divide']} ÷ {measure['by']}" if isinstance(measure, dict) else measure
    return f"{_counted(len(keys['bands']), 'band')} on {ratio}"


def _calls(version: PriceVersion) -> str:
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


def _rate(text: str) -> str:
    return rate_words(exact_decimal(text))


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
