"""The steps between what was counted and what was multiplied, as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class StepKind(StrEnum):
    """What one step of a calculation does; the values that each has stand in `TraceStep`."""

    COUNTED = "counted"
    ROUNDED_QUANTITY = "rounded_quantity"
    CONVERTED = "converted"
    INCLUDED = "included"
    TIER = "tier"
    FLAT_FEE = "flat_fee"
    PACKAGES = "packages"
    PERCENTAGE = "percentage"
    MARKUP = "markup"
    CALLS = "calls"
    BUNDLE = "bundle"
    DAYS = "days"
    LIMIT = "limit"
    MEASURE = "measure"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class TraceStep:
    """
    One step, its numbers as plain text. By kind:

    - counted: ``quantity``, ``events``, ``aggregation`` - what the meter made of the events
    - rounded_quantity: ``from``, ``to``, ``mode``, ``places``
    - converted: ``from``, ``unit``, ``divide_by``, ``to``, ``label``, ``round``
    - included: ``from``, ``used``, ``left``, ``pool``, ``to`` - units at no charge
    - tier: ``number`` (from 1), ``above``, ``up_to``, ``rate``, ``quantity``, ``model``
    - flat_fee: ``number``, ``amount``
    - packages: ``quantity``, ``free_units``, ``size``, ``packages``, ``round``
    - percentage: ``value``, ``percent``, ``fixed_fee``, ``events``, ``free_events``,
      ``free_amount``, ``at_minimum``, ``at_maximum``
    - markup: ``cost``, ``percent``, ``fixed``, ``events``
    - calls: ``calls``, ``raw_seconds``, ``billed_seconds``, ``paid_seconds``, ``decimals``,
      ``rounding``, ``charges``
    - bundle: ``code``, ``granted``, ``used``, ``left``
    - days: ``days``, ``of_days``, ``amount`` (of the full period)
    - limit: ``kind`` (minimum, maximum, commitment), ``amount``, ``lines``, ``days``, ``of_days``
    - measure: ``meter``, ``by``, ``value``, ``percent``, ``amount``, ``of`` (codes), ``lines``
    - reversed: ``outcomes``, ``rate``, ``first_day``, ``last_day`` (of the period credited)
    """

    kind: StepKind
    values: Mapping[str, str]

    def as_json(self) -> dict[str, str]:
        """Return the step as it is stored."""
        return {"step": self.kind.value, **self.values}

    @classmethod
    def from_json(cls, raw: Mapping[str, str]) -> TraceStep:
        """Return the step that `as_json` wrote."""
        values = {name: value for name, value in raw.items() if name != "step"}
        return cls(StepKind(raw["step"]), values)
