"""Which properties of an event a price must go on finding in its body."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from invoicing.rating.calls.call import INBOUND
from invoicing.rating.price import PriceTerms, matched_properties
from invoicing.rating.terms.calls import Calls, DurationBasis
from invoicing.rating.terms.passthrough import Passthrough
from usage.metering.meter import Meter
from usage.metering.needed import Needed, Part

_OUTBOUND = "outbound"
_DIRECTION = "direction"
_JURISDICTION = "rate_jurisdiction"
_FAR_END = {INBOUND: "from_number", _OUTBOUND: "to_number"}
_NO_PROPERTIES = frozenset({"prefix", "band"})
_DIGITS_OF_AN_AREA = 4
"""Country code 1 and an area code, or a country code of three digits."""


def needed_by_price(
    price: PriceTerms, meter: Meter | None = None, *, digits: str | None = None
) -> Iterator[Needed]:
    """
    Yield what a price reads of the events of its meter, in any version.

    With the `digits` of one number, of numbers the first digits that tell it from others are
    needed; else those of the longest prefix.
    """
    named = f"price '{price.code}'"
    for name in sorted(matched_properties(price)):
        yield Needed(name, Part.WHOLE, f"the rates of {named} look at it")
    for version in price.versions:
        if version.outcome is not None:
            why = f"{named} tells by it which outcome was taken back"
            yield Needed(version.outcome.correlation_property, Part.SAMENESS, why)
        if isinstance(version.model, Passthrough):
            yield Needed(version.model.amount_property, Part.WHOLE, f"{named} charges it")
        if isinstance(version.model, Calls):
            yield from _of_calls(named, version.model, meter, digits)


def _of_calls(
    named: str, model: Calls, meter: Meter | None, digits: str | None
) -> Iterator[Needed]:
    for name in sorted(_read_of_a_call(model)):
        yield Needed(name, Part.WHOLE, f"{named} rates calls, or keeps their lines apart, by it")
    if _JURISDICTION in model.lines_by or any(row.rate_jurisdiction for row in model.rates):
        why = f"{named} rates calls by the states of both numbers"
        for name in _FAR_END.values():
            yield Needed(name, Part.PREFIX, why, _DIGITS_OF_AN_AREA)
    for direction, name in _FAR_END.items():
        prefixes = _prefixes(direction, model)
        longest = max((_told_by(prefix, digits) for prefix in prefixes), default=0)
        if longest and _is_counted(direction, meter):
            why = f"{named} rates {direction} calls by the prefix of that number"
            yield Needed(name, Part.PREFIX, why, longest)


def _read_of_a_call(model: Calls) -> set[str]:
    found = {_DIRECTION, "end_at", "duration_seconds"}
    found |= {name for row in model.rates for name in row.match}
    found |= set(model.lines_by) - _NO_PROPERTIES
    if model.duration_basis is DurationBasis.SETUP:
        found.add("setup_at")
    if any(row.number_type for row in model.rates) or any(b.number_types for b in model.bundles):
        found.add("number_type")
    if _JURISDICTION in model.lines_by or any(row.rate_jurisdiction for row in model.rates):
        found.add(_JURISDICTION)
    if any(bundle.lines for bundle in model.bundles):
        found.add("line")
    return found


def _prefixes(direction: str, model: Calls) -> list[str]:
    """Return the prefixes by which a call of that direction is rated."""
    prefixes = [row.prefix for row in model.rates if row.direction in (None, direction)]
    for bundle in model.bundles:
        if not bundle.directions or direction in bundle.directions:
            prefixes += bundle.prefixes
    return prefixes


def _told_by(prefix: str, digits: str | None) -> int:
    """Return how many first digits of a number, or of any, say whether it has the prefix."""
    if digits is None or digits.startswith(prefix):
        return len(prefix)
    pairs = zip(prefix, digits, strict=False)
    return 1 + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _is_counted(direction: str, meter: Meter | None) -> bool:
    """Return whether the filters of the meter let calls of that direction through."""
    wanted = () if meter is None else meter.filters.get(_DIRECTION, ())
    return not isinstance(wanted, tuple) or not wanted or direction in wanted
