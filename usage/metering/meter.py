"""What is counted: one kind of event, one number of it, grouped by some of its properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from values.numeric_range import NumericRange
from values.problems import Problem, refuse


class Aggregation(StrEnum):
    """How the values of many events become one quantity."""

    COUNT = "count"
    SUM = "sum"
    MAX = "max"
    LATEST = "latest"
    UNIQUE_COUNT = "unique_count"
    WEIGHTED_SUM = "weighted_sum"


class QuantityRoundingMode(StrEnum):
    """How a quantity is rounded; `HALF_UP` is away from zero."""

    UP = "up"
    DOWN = "down"
    HALF_UP = "half_up"


@dataclass(frozen=True, slots=True)
class EventRounding:
    """Values go up to a multiple of `increment`, then to `minimum`; 0 stays 0, a sign stays."""

    increment: Decimal = Decimal(1)
    minimum: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class QuantityRounding:
    """How the quantity of a period is rounded, to so many places."""

    mode: QuantityRoundingMode
    places: int = 0


@dataclass(frozen=True, slots=True)
class UnitConversion:
    """From the metered unit to the one that is priced: 1,000 tokens are one ``1K tokens``."""

    divide_by: Decimal
    label: str
    rounds_up: bool = False


@dataclass(frozen=True, slots=True)
class CreditUnits:
    """How many credits an action takes, from a time on (None: always)."""

    effective_from: datetime | None
    units: Mapping[str, Decimal]


FilterValue = tuple[str, ...] | NumericRange
"""The allowed values of a property, or a range of its numbers."""


@dataclass(frozen=True)
class Meter:
    """
    A meter over the events named `event_name` that pass its `filters`.

    `property` names what is aggregated, in `unit`; a count has none. `group_keys` are the
    properties whose values make lines of their own, in the order in which they are printed.
    With `action_property` each event counts the credits of its action, in the version of
    `credit_units` at its time. `calls`: its events are calls, whose time is their answer.

    :raises InvalidTerms: with paths relative to the meter.
    """

    code: str
    display_name: str
    event_name: str
    aggregation: Aggregation
    property: str | None
    group_keys: tuple[str, ...]
    unit: str | None
    allows_negative: bool = False
    filters: Mapping[str, FilterValue] = field(default_factory=dict)
    event_rounding: EventRounding | None = None
    quantity_rounding: QuantityRounding | None = None
    unit_conversion: UnitConversion | None = None
    action_property: str | None = None
    credit_units: tuple[CreditUnits, ...] = ()
    calls: bool = False

    def __post_init__(self) -> None:
        refuse(self._problems())

    @cached_property
    def priced_unit(self) -> str | None:
        """The unit in which quantities are priced and printed."""
        return self.unit_conversion.label if self.unit_conversion else self.unit

    @cached_property
    def adds_up(self) -> bool:
        """Whether the quantity of a period is the sum of those of its parts."""
        return self.aggregation in (Aggregation.COUNT, Aggregation.SUM)

    def _problems(self) -> list[Problem]:
        problems = [
            Problem((key,), "must not be empty")
            for key in ("code", "display_name", "event_name")
            if not str(getattr(self, key)).strip()
        ]
        if self.aggregation == Aggregation.COUNT and self.property is not None:
            problems.append(Problem(("property",), "a count has no property"))
        needs_property = self.aggregation != Aggregation.COUNT and self.action_property is None
        if needs_property and not self.calls and not (self.property or "").strip():
            problems.append(Problem(("property",), f"a {self.aggregation} needs a property"))
        for index, key in enumerate(self.group_keys):
            if not key.strip():
                problems.append(Problem(("group_keys", index), "must not be empty"))
            elif key in self.group_keys[:index]:
                problems.append(Problem(("group_keys", index), f"'{key}' stands twice"))
        return problems
