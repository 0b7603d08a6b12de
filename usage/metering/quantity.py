"""How much of a meter one combination of dimensions made in one stretch of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from values.number import Number
from values.period import Period

Dimensions = tuple[tuple[str, str], ...]


class MeteredEvent(msgspec.Struct, frozen=True, gc=False):
    """
    One event as a meter takes it; `key` tells it from others of the same time.

    `occurred_at` is the time that decides its period: of a call the answer. A struct and no
    dataclass, because a period has millions of them.
    """

    occurred_at: datetime
    key: str
    properties: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Quantity:
    """
    A quantity, exact, and the number of events behind it.

    A Decimal wherever one can hold it; a Fraction where it has no end (a second is 1/60 of a
    minute). `dimensions` are (property, value) pairs sorted by property; an absent one has no
    pair. May be negative where the meter allows corrections. `period` is the stretch between
    two cuts in which it lies; several quantities of one stretch stand in the order of their
    events.
    """

    dimensions: Dimensions
    period: Period
    quantity: Number
    events: int


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What one event adds to the quantity of its period, in the order of times and keys.

    The quantity of a maximum is what the event raises it by, of a unique count 1 where its
    value is new; readings of a period add up to its quantity. `value` is what the event itself
    says, before other events are looked at.
    """

    event: MeteredEvent
    quantity: Quantity
    value: Number
