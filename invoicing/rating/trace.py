"""Why a line costs what it costs, as data that is stored with it and as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from invoicing.rating.entries import RateEntry
from invoicing.rating.match_format import value_text
from values.calendar import date_or_time
from values.exact import plain
from values.money import Rounding, minor_digits, money_text

_TIMES = "\N{MULTIPLICATION SIGN}"


class RateSource(StrEnum):
    """Where a rate comes from."""

    ENTRY = "entry"
    OVERRIDE = "override"
    FALLBACK = "fallback"
    UNIT_PRICE = "unit_price"
    TIER = "tier"
    TERMS = "terms"


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
    - reversed: ``outcomes``, ``rate``
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


@dataclass(frozen=True, slots=True)
class Trace:
    """
    The way from quantity to amount.

    `label` is what the line's dimensions read like, `passed_over` the entries that match too
    but rank lower, highest first. Versions are named by the time they take effect. `model` is
    the plan file's word for the model or kind of the price, `steps` what was done before and
    beside the multiplication, in order; `rate` is None where no single rate was multiplied.
    """

    price: str
    price_version: datetime | None
    source: RateSource
    rate_card: str | None
    rate_version: datetime | None
    entry: RateEntry | None
    passed_over: tuple[RateEntry, ...]
    label: str
    quantity: Decimal
    unit: str | None
    rate: Decimal | None
    currency: str
    exact_amount: Fraction
    rounding: Rounding
    amount: Decimal
    model: str = "per_unit"
    steps: tuple[TraceStep, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the trace as it is stored: numbers as text, times as RFC 3339 in UTC."""
        return {
            "price": self.price,
            "price_version": _stored_time(self.price_version),
            "source": self.source.value,
            "rate_card": self.rate_card,
            "rate_version": _stored_time(self.rate_version),
            "entry": self.entry.as_json() if self.entry else None,
            "passed_over": [entry.as_json() for entry in self.passed_over],
            "label": self.label,
            "quantity": plain(self.quantity),
            "unit": self.unit,
            "rate": None if self.rate is None else plain(self.rate),
            "currency": self.currency,
            "exact_amount": str(self.exact_amount),
            "rounding": self.rounding.value,
            "amount": money_text(self.amount, self.currency),
            "model": self.model,
            "steps": [step.as_json() for step in self.steps],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Trace:
        """Return the trace that `as_json` wrote."""
        return cls(
            price=raw["price"],
            price_version=_read_time(raw["price_version"]),
            source=RateSource(raw["source"]),
            rate_card=raw["rate_card"],
            rate_version=_read_time(raw["rate_version"]),
            entry=RateEntry.from_json(raw["entry"]) if raw["entry"] else None,
            passed_over=tuple(RateEntry.from_json(entry) for entry in raw["passed_over"]),
            label=raw["label"],
            quantity=Decimal(raw["quantity"]),
            unit=raw["unit"],
            rate=None if raw["rate"] is None else Decimal(raw["rate"]),
            currency=raw["currency"],
            exact_amount=Fraction(raw["exact_amount"]),
            rounding=Rounding(raw["rounding"]),
            amount=Decimal(raw["amount"]),
            model=raw.get("model", "per_unit"),
            steps=tuple(TraceStep.from_json(step) for step in raw.get("steps", ())),
        )

    def sentence(self, *, zone: str = "UTC") -> str:
        """
        Return the calculation in one line, dates as seen in `zone` (here x is a times sign).

        ``13 minutes x 0.20 USD = 2.60 USD (rate of US / resolved, in force from 2024-11-01)``
        """
        exact = self._money(self.exact_amount)
        rounded = ""
        if self.exact_amount != self.amount:
            how = self.rounding.value.replace("_", " ")
            rounded = f", rounded {how} to {money_text(self.amount, self.currency)} {self.currency}"
        product = f"{_TIMES} {self._money(self.rate)} " if self.rate is not None else ""
        return (
            f"{self._amount_of_units()} {product}= {exact}{rounded} "
            f"({self._reason()}{self._since(zone)})"
        )

    def _amount_of_units(self) -> str:
        quantity = plain(self.quantity)
        if self.unit is None:
            return quantity
        plural = "" if quantity == "1" or self.unit.endswith("s") else "s"
        return f"{quantity} {self.unit}{plural}"

    def _money(self, amount: Decimal | Fraction) -> str:
        whole, _, places = plain(amount).partition(".")
        places = places.ljust(minor_digits(self.currency), "0")
        return f"{whole}.{places} {self.currency}" if places else f"{whole} {self.currency}"

    def _reason(self) -> str:
        if self.source == RateSource.UNIT_PRICE:
            return "unit price"
        if self.source == RateSource.FALLBACK or self.entry is None:
            return f"fallback rate, no entry of {self.rate_card} matches {self.label}"
        wanted = " / ".join(value_text(value) for value in self.entry.match.values())
        agreed = "agreed rate" if self.source == RateSource.OVERRIDE else "rate"
        return f"{agreed} of {wanted or 'anything'}"

    def _since(self, zone: str) -> str:
        if self.rate_version is None:
            return ""
        return f", in force from {date_or_time(self.rate_version, zone)}"


def _stored_time(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(UTC).isoformat()


def _read_time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
