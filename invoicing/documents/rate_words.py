"""The rate of a line in words: which entry of which version, and what else would have matched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from invoicing.documents.document_words import DocumentWords
from invoicing.documents.formats import day, quantity, unit_price
from invoicing.documents.step_words import read_steps
from invoicing.documents.usage_steps import tier_units, tier_value
from invoicing.rating import graduated_percentage
from invoicing.rating.calculation import Numbers
from invoicing.rating.entries import RateEntry
from invoicing.rating.match import Alternatives, MatchValue, Wildcard
from invoicing.rating.trace import RateSource, StepKind
from values.calendar import local_date, local_midnight
from values.exact import exact_decimal
from values.numeric_range import NumericRange


@dataclass(frozen=True, slots=True)
class Rate:
    """
    Where a line's rate comes from.

    `name` completes a sentence (``the rate of US / resolved``) and is empty where that would
    tell nothing, `text` is the whole of it, `details` are sentences about what else matched.
    """

    name: str
    text: str
    details: tuple[str, ...] = ()
    is_fallback: bool = False


def read_rate(trace: Mapping[str, Any], *, unit: str, currency: str, zone: str) -> Rate | None:
    """Return the rate that a trace names in the days of `zone`, None where it names none."""
    source = trace.get("source")
    per = f" per {unit}" if unit else ""
    rate = _price(trace.get("rate"), currency)
    costs = f": {rate}{per}" if rate else ""
    card = f"the rate card {trace['rate_card']}" if trace.get("rate_card") else "the rate card"
    since = _since(trace.get("rate_version"), zone)
    in_force = f" (in force since {since})" if since else ""
    entry = _entry(trace.get("entry"))
    if source == RateSource.UNIT_PRICE:
        return Rate(f"one price{per}{in_force}", f"One price for all usage{costs}{in_force}.")
    if source == RateSource.FALLBACK:
        label = trace.get("label") or "this usage"
        return Rate(
            f"the fallback rate: no entry of {card} matches {label}",
            f"No entry of {card}{in_force} matches {label}, so the fallback rate applies{costs}.",
            is_fallback=True,
        )
    if source == RateSource.TIER:
        return _tier(trace, currency=currency, in_force=in_force)
    if source == RateSource.TERMS and since:
        return Rate("", f"The terms of the price that are in force since {since}.")
    if source not in (RateSource.ENTRY, RateSource.OVERRIDE) or entry is None:
        return None
    wanted = match_words(entry)
    details = tuple(_passed_over(trace.get("passed_over"), entry, per=per, currency=currency))
    if source == RateSource.OVERRIDE:
        return Rate(
            f"the rate that your agreement has for {wanted}",
            f"Your agreement has a rate of its own for {wanted}{costs}. It goes before the list "
            f"rate of {card}{in_force}.",
            details,
        )
    return Rate(
        f"the rate of {wanted}{in_force}",
        f"The entry for {wanted} of {card}{in_force} matches{costs}.",
        details,
    )


def _tier(trace: Mapping[str, Any], *, currency: str, in_force: str) -> Rate | None:
    tiers = [step for step in read_steps(trace.get("steps")) if step.kind is StepKind.TIER]
    if not tiers:
        return None
    step, words = Numbers(tiers[-1].values), DocumentWords(currency)
    if trace.get("model") == graduated_percentage.MODEL:
        part = tier_value(step, words)
        return Rate(f"the percentage of {part}{in_force}", f"The percentage of {part}{in_force}.")
    units = tier_units(step, words)
    return Rate(f"the price of {units}{in_force}", f"The price of {units}{in_force}.")


def match_words(entry: RateEntry) -> str:
    """Return what an entry asks for: ``US / resolved``, ``US / any call outcome``."""
    return " / ".join(_wanted(key, value) for key, value in entry.match.items()) or "all usage"


def _wanted(key: str, value: MatchValue) -> str:
    name = key.replace("_", " ")
    if value is None:
        return f"no {name}"
    if isinstance(value, Wildcard):
        return f"any {name}"
    if isinstance(value, Alternatives):
        return " or ".join(value.values)
    if isinstance(value, NumericRange):
        return f"{name} {_range(value)}"
    return value


def _range(wanted: NumericRange) -> str:
    """Return a range in words: ``from 1 to below 5``, ``above 200,000``."""
    low = [("from", wanted.gte), ("above", wanted.gt)]
    high = [("up to", wanted.lte), ("below", wanted.lt)]
    begins = [f"{word} {quantity(bound)}" for word, bound in low if bound is not None]
    ends = [f"{word} {quantity(bound)}" for word, bound in high if bound is not None]
    return " and ".join([*begins, *ends])


def _passed_over(raw: object, chosen: RateEntry, *, per: str, currency: str) -> Iterator[str]:
    for item in raw if isinstance(raw, list) else []:
        entry = _entry(item)
        if entry is not None:
            price = unit_price(entry.rate, currency)
            why = _why_lower(entry, chosen)
            yield f"{match_words(entry)} at {price}{per} matches too, but {why}."


def _why_lower(entry: RateEntry, chosen: RateEntry) -> str:
    priority, fixed = chosen.rank
    own_priority, own_fixed = entry.rank
    if own_priority < priority:
        return f"its priority is lower ({own_priority}, not {priority})"
    if own_fixed < fixed:
        return f"it is less specific ({own_fixed} fixed, not {fixed})"
    return "ranks lower"


def _entry(raw: object) -> RateEntry | None:
    """Return an entry as a trace keeps it; names that an older one lacks have their defaults."""
    if not isinstance(raw, Mapping):
        return None
    try:
        return RateEntry.from_json({"priority": 0, "agreed": False, **raw})
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def _price(raw: object, currency: str) -> str:
    try:
        return unit_price(exact_decimal(raw), currency)
    except ValueError:
        return ""


def _since(raw: object, zone: str) -> str:
    """Return the day on which a version took effect; with the time where that is no midnight."""
    if not isinstance(raw, str):
        return ""
    try:
        instant = datetime.fromisoformat(raw).astimezone(UTC)
    except ValueError:
        return ""
    local = local_date(instant, zone)
    if local_midnight(local, zone) == instant:
        return day(local)
    return f"{day(instant.date())} {instant:%H:%M} UTC"
