"""Which properties of an event a meter, or what charges by it, must go on finding in its body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from usage.metering.call_time import ANSWER_AT, STATUS
from usage.metering.meter import Aggregation, Meter


class Part(Enum):
    """What of a property's value is looked at."""

    WHOLE = "whole"
    SAMENESS = "sameness"
    """Only whether two events have the same value."""
    PREFIX = "prefix"
    """The first digits of a number, and how many digits it has."""


@dataclass(frozen=True, slots=True)
class Needed:
    """
    That somebody needs a property: ``meter 'minutes' groups by it``.

    `digits` is how many of the first digits of a number are looked at.
    """

    name: str
    part: Part
    why: str
    digits: int = 0


def needed_by_meter(meter: Meter) -> Iterator[Needed]:
    """Yield what a meter reads of its events."""
    named = f"meter '{meter.code}'"
    if meter.property is not None:
        counts_things = meter.aggregation is Aggregation.UNIQUE_COUNT
        part = Part.SAMENESS if counts_things else Part.WHOLE
        words = "counts its different values" if counts_things else "adds it up"
        yield Needed(meter.property, part, f"{named} {words}")
    for name in meter.group_keys:
        yield Needed(name, Part.WHOLE, f"{named} groups by it")
    for name in meter.filters:
        yield Needed(name, Part.WHOLE, f"{named} filters by it")
    if meter.action_property is not None:
        yield Needed(meter.action_property, Part.WHOLE, f"{named} takes credits by it")
    if meter.calls:
        for name in (ANSWER_AT, STATUS):
            yield Needed(name, Part.WHOLE, f"{named} tells by it when a call was answered")
