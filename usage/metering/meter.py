"""What is counted: one kind of event, one number of it, grouped by some of its properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from values.exact import MAX_FRACTION_DIGITS
from values.numeric_range import NumericRange
from values.problems import Problem, refuse

MOST_PLACES = MAX_FRACTION_DIGITS


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
    """
    Values go up to a multiple of `increment`, then to `minimum`; 0 stays 0, a sign stays.

    :raises InvalidTerms: an increment that is not above 0, a minimum below 0.
    """

    increment: Decimal = Decimal(1)
    minimum: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        problems = []
        if self.increment <= 0:
            problems.append(Problem(("increment",), "must be above 0"))
        if self.minimum < 0:
            problems.append(Problem(("minimum",), "must not be negative"))
        refuse(problems)


@dataclass(frozen=True, slots=True)
class QuantityRounding:
    """
    How the quantity of a period is rounded, to so many places.

    :raises InvalidTerms: places below 0 or above `MOST_PLACES`.
    """

    mode: QuantityRoundingMode
    places: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.places <= MOST_PLACES:
            refuse([Problem(("places",), f"must be a whole number from 0 to {MOST_PLACES}")])


@dataclass(frozen=True, slots=True)
class UnitConversion:
    """
    From the metered unit to the one that is priced: 1,000 tokens are one ``1K tokens``.

    `rounds_up`: begun units count whole.

    :raises InvalidTerms: a divisor that is not above 0, or no label.
    """

    divide_by: Decimal
    label: str
    rounds_up: bool = False

    def __post_init__(self) -> None:
        problems = []
        if self.divide_by <= 0:
            problems.append(Problem(("divide_by",), "must be above 0"))
        if not self.label.strip():
            problems.append(Problem(("label",), "must not be empty"))
        refuse(problems)


@dataclass(frozen=True, slots=True)
class CreditUnits:
    """
    How many credits an action takes, from a time on (None: always).

    :raises InvalidTerms: no action at all, or one that gives credits back.
    """

    effective_from: datetime | None
    units: Mapping[str, Decimal]

    def __post_init__(self) -> None:
        if not self.units:
            refuse([Problem(("units",), "names no action")])
        refuse(
            Problem(("units", action), "must not be negative")
            for action, units in self.units.items()
            if units < 0
        )


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

    @cached_property
    def takes_negative(self) -> bool:
        """Whether an event may say less than 0: levels and gauges fall, sums only if allowed."""
        return self.allows_negative or self.aggregation in _GAUGES

    def _problems(self) -> list[Problem]:
        problems = [
            Problem((key,), "must not be empty")
            for key in ("code", "display_name", "event_name")
            if not str(getattr(self, key)).strip()
        ]
        problems.extend(self._property_problems())
        for index, key in enumerate(self.group_keys):
            if not key.strip():
                problems.append(Problem(("group_keys", index), "must not be empty"))
            elif key in self.group_keys[:index]:
                problems.append(Problem(("group_keys", index), f"'{key}' stands twice"))
        for key, allowed in self.filters.items():
            if not allowed:
                problems.append(Problem(("filters", key), "allows no value at all"))
        return [*problems, *self._credit_problems()]

    def _property_problems(self) -> Iterator[Problem]:
        has_property = bool((self.property or "").strip())
        if self.aggregation == Aggregation.COUNT and self.property is not None:
            yield Problem(("property",), "a count has no property")
        if self.aggregation == Aggregation.UNIQUE_COUNT:
            needs_property = True
        else:
            counts_ones = self.calls or self.action_property is not None
            needs_property = self.aggregation != Aggregation.COUNT and not counts_ones
        if needs_property and not has_property:
            yield Problem(("property",), f"a {self.aggregation} needs a property")
        is_number = has_property and self.aggregation not in _COUNTS
        if self.event_rounding is not None and not is_number:
            yield Problem(("event_rounding",), "there is no number of an event to round")

    def _credit_problems(self) -> Iterator[Problem]:
        if self.credit_units and self.action_property is None:
            yield Problem(("action_property",), "is required with credit_units")
        if self.action_property is not None:
            if not self.action_property.strip():
                yield Problem(("action_property",), "must not be empty")
            if not self.credit_units:
                yield Problem(("credit_units",), "is required with action_property")
            if self.aggregation == Aggregation.UNIQUE_COUNT:
                yield Problem(("action_property",), "a unique_count counts things, not credits")
        starts = [version.effective_from for version in self.credit_units]
        for index, start in enumerate(starts):
            if start in starts[:index]:
                message = "another version begins at the same time"
                yield Problem(("credit_units", index, "effective_from"), message)


_GAUGES = (Aggregation.MAX, Aggregation.LATEST, Aggregation.WEIGHTED_SUM)
_COUNTS = (Aggregation.COUNT, Aggregation.UNIQUE_COUNT)
