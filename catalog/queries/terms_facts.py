"""What the keys of a price say, in words: one fact after the other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from values.exact import exact_decimal, plain

Fact = tuple[str, str]
"""What it is about, and what is said of it."""

_LABELS = {
    "amount": "Amount",
    "timing": "Charged",
    "prorate": "A part of a period",
    "unit_price": "Unit price",
    "rate_card": "Rate card",
    "fallback_rate": "Fallback rate",
    "package_size": "Units in a package",
    "package_price": "Price of a package",
    "free_units": "Free units",
    "round": "A package that is not full",
    "percent": "Percent",
    "fixed_fee": "Fixed fee per event",
    "minimum_per_event": "At least, per event",
    "maximum_per_event": "At most, per event",
    "free_events": "Free events",
    "free_amount": "Free value",
    "amount_property": "Property with the cost",
    "markup_percent": "Markup in percent",
    "markup_fixed": "Markup per event",
    "of": "Percent of these prices",
    "decimals": "Decimals of a call",
    "call_rounding": "Rounding of a call",
    "duration_basis": "A call's length counts from",
    "min_billable_seconds": "Shortest call that is billed",
    "band_policy": "Band of an increment",
    "default_band": "Band of all other hours",
    "lines_by": "Lines by",
    "minimum_amount": "At least in a period",
    "maximum_amount": "At most in a period",
    "name": "Name on invoices",
    "section": "Section",
    "tax_code": "Tax code",
    "model": "Model",
}
_RATES = frozenset(
    {
        *("amount", "unit_price", "fallback_rate", "package_price", "fixed_fee", "free_amount"),
        *("minimum_per_event", "maximum_per_event", "markup_fixed", "minimum_amount"),
        "maximum_amount",
    }
)
_WORDS = {
    ("timing", "advance"): "in advance",
    ("timing", "arrears"): "after a period's end",
    ("prorate", "day"): "costs its days",
    ("prorate", "none"): "costs the whole",
    ("call_rounding", "half_up"): "half up",
    ("call_rounding", "half_even"): "half to even",
    ("round", "up"): "is charged",
    ("round", "down"): "is free",
    ("duration_basis", "answer"): "its answer",
    ("duration_basis", "setup"): "its setup",
    ("band_policy", "increment_start"): "that of the increment's own start",
    ("band_policy", "call_start"): "that of the call's start",
}


def terms_facts(keys: Mapping[str, Any]) -> list[Fact]:
    """Return what keys of the plan file say, in their order; a key that is None is taken away."""
    return [fact for key, said in keys.items() for fact in _facts(key, said)]


def _facts(key: str, said: Any) -> Iterator[Fact]:
    if said is None:
        yield _label(key), "none"
    elif key == "tiers":
        yield from _numbered("Tier", said, _tier)
    elif key == "bands":
        yield from _numbered("Band", said, _call_band if "name" in said[0] else _tier)
    elif key == "bundles":
        for bundle in said:
            yield f"Bundle {bundle['code']}", _bundle(bundle)
    elif key == "rates":
        yield "Own rates of calls", f"{len(said)}"
    elif key == "flat_fee_at_zero":
        yield "Flat fee also when nothing was used", "yes" if said else "no"
    elif key == "included":
        yield "Included at no charge", _included(said)
    elif key == "outcome":
        yield "Outcome", _outcome(said)
    elif key == "measure":
        ratio = f"{said['divide']} ÷ {said['by']}" if isinstance(said, dict) else said
        yield "Measure", ratio
    else:
        text = ", ".join(map(str, said)) if isinstance(said, list) else str(said)
        words = _rate(text) if key in _RATES else text
        yield _label(key), _WORDS.get((key, text), words)


def _rate(text: object) -> str:
    return plain(exact_decimal(text), least_places=2)


def _quantity(text: object) -> str:
    whole, point, places = plain(exact_decimal(text)).partition(".")
    return f"{int(whole):,}{point}{places}"


def _label(key: str) -> str:
    fallback = {"included": "Included at no charge", "outcome": "Outcome"}
    return _LABELS.get(key) or fallback.get(key) or key.replace("_", " ").capitalize()


def _numbered(word: str, rows: Sequence[Any], words: Any) -> Iterator[Fact]:
    for number, row in enumerate(rows, start=1):
        yield f"{word} {number}", words(row)


def _tier(tier: Mapping[str, Any]) -> str:
    end = tier.get("up_to")
    reach = "without an end" if end is None else f"up to {_quantity(end)}"
    parts = []
    if tier.get("unit_price") is not None:
        parts.append(f"{_rate(tier['unit_price'])} per unit")
    if tier.get("percent") is not None:
        parts.append(f"{tier['percent']} %")
    if tier.get("amount") is not None:
        parts.append(_rate(tier["amount"]))
    if tier.get("flat_fee") is not None:
        parts.append(f"flat fee {_rate(tier['flat_fee'])}")
    return f"{reach}: {', '.join(parts) or 'nothing'}"


def _call_band(band: Mapping[str, Any]) -> str:
    days = ", ".join(day.capitalize() for day in band.get("days", ())) or "every day"
    when = ", ".join(band.get("dates", ())) or days
    hours = f"{band['from']} to {band['to']}" if band.get("from") is not None else "all day"
    priority = f", priority {band['priority']}" if band.get("priority") else ""
    return f"{band['name']}: {when}, {hours}{priority}"


def _bundle(bundle: Mapping[str, Any]) -> str:
    parts = [f"{bundle['seconds']} free seconds"]
    for key, label in (
        ("directions", "directions"), ("number_types", "number types"), ("prefixes", "prefixes"),
        ("lines", "lines"),
    ):  # fmt: skip
        if bundle.get(key):
            parts.append(f"{label} {', '.join(bundle[key])}")
    if bundle.get("priority"):
        parts.append(f"priority {bundle['priority']}")
    parts += [
        f"{word} {bundle[key]}"
        for key, word in (("effective_from", "from"), ("effective_to", "until"))
        if bundle.get(key)
    ]
    return ", ".join(parts) + _rollover(bundle)


def _included(included: Mapping[str, Any]) -> str:
    per = f" per {included['per']}" if included.get("per") else ""
    each = "year" if included.get("period") == "year" else "billing period"
    pool = f", pool {included['pool']}" if included.get("pool") else ""
    scope = ", shared by the group" if included.get("scope") == "group" else ""
    return f"{included['quantity']}{per} each {each}{pool}{scope}{_rollover(included)}"


def _rollover(keys: Mapping[str, Any]) -> str:
    rollover = keys.get("rollover")
    if not rollover:
        return ""
    periods = rollover["periods"]
    most = f", {rollover['maximum']} at most" if rollover.get("maximum") is not None else ""
    plural = "" if str(periods) == "1" else "s"
    return f"; what is left lasts {periods} period{plural} more{most}"


def _outcome(outcome: Mapping[str, Any]) -> str:
    reversals = outcome.get("reversal_event") or []
    unless = f" unless {' or '.join(reversals)} takes it back" if reversals else ""
    return (
        f"{outcome['success_event']}, counted {outcome['window_hours']} hours after the first of "
        f"one {outcome['correlation_property']}{unless}"
    )
