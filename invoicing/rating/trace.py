"""Why a line costs what it costs, as data that is stored with it and as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from invoicing.rating.calculation import Calculation
from invoicing.rating.entries import RateEntry
from invoicing.rating.match_format import value_text
from invoicing.rating.sentence import PlainWords, formula, tier_text
from invoicing.rating.trace_steps import StepKind, TraceStep
from values.calendar import date_or_time
from values.exact import plain
from values.money import Rounding, money_text
from values.number import Number

__all__ = ["RateSource", "StepKind", "Trace", "TraceStep"]


class RateSource(StrEnum):
    """Where a rate comes from."""

    ENTRY = "entry"
    OVERRIDE = "override"
    FALLBACK = "fallback"
    UNIT_PRICE = "unit_price"
    TIER = "tier"
    TERMS = "terms"


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
    quantity: Number
    unit: str | None
    rate: Decimal | None
    currency: str
    exact_amount: Number
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
            "exact_amount": str(Fraction(self.exact_amount)),
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
        rounded = ""
        if self.exact_amount != self.amount:
            how = self.rounding.value.replace("_", " ")
            rounded = f", rounded {how} to {money_text(self.amount, self.currency)} {self.currency}"
        reason = self._reason() + self._since(zone)
        because = f" ({reason.removeprefix(', ')})" if reason else ""
        return f"{formula(self.calculation(), PlainWords(self.currency))}{rounded}{because}"

    def calculation(self) -> Calculation:
        """Return the numbers that its formula is made of."""
        return Calculation(
            quantity=Decimal(plain(self.quantity)),
            unit=self.unit,
            rate=self.rate,
            exact_amount=Fraction(self.exact_amount),
            model=self.model,
            steps=self.steps,
        )

    def _reason(self) -> str:
        if self.source == RateSource.UNIT_PRICE:
            return "unit price"
        if self.source in (RateSource.TIER, RateSource.TERMS):
            return tier_text(self.calculation())
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
