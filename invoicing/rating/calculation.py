"""The numbers of a line's calculation, and how they are written: what formulas are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from invoicing.rating.trace_steps import StepKind, TraceStep
from values.exact import EXACT, NotExact, exact_decimal, plain
from values.number import Number

TIMES = "\N{MULTIPLICATION SIGN}"
MINUS = "\N{MINUS SIGN}"

_FEWEST_PLACES = 6
_MOST_PLACES = 18


class Words(Protocol):
    """How numbers are written: exact amounts of the line's currency, and quantities."""

    def money(self, amount: Number) -> str:
        """Return an amount with all its digits: ``$0.0045``."""

    def quantity(self, amount: Number, unit: str | None) -> str:
        """Return a quantity with its unit, or a bare number: ``1,284 minutes``, ``284``."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The values of a step, read as far as they go: what is missing or no number is None."""

    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """Return a value, empty where there is none."""
        found = self.values.get(name)
        return found if isinstance(found, str) else ""

    def get(self, name: str) -> Decimal | None:
        """Return a number, None where there is none."""
        try:
            return exact_decimal(self.text(name))
        except NotExact:
            return None

    def number(self, name: str) -> Decimal:
        """Return a number, 0 where there is none."""
        return self.get(name) or Decimal(0)

    def part(self, of: str, whole: str) -> Fraction | None:
        """Return the ratio of two numbers, None where one is missing or they are equal."""
        part, total = self.get(of), self.get(whole)
        if part is None or not total or part == total:
            return None
        return Fraction(part) / Fraction(total)


@dataclass(frozen=True, slots=True)
class Calculation:
    """What a formula is made of; `rate` is None where no single rate was multiplied."""

    quantity: Number
    unit: str | None
    rate: Decimal | None
    exact_amount: Number
    model: str = "per_unit"
    steps: Sequence[TraceStep] = ()

    def step(self, kind: StepKind) -> Numbers | None:
        """Return the numbers of the last step of this kind."""
        found = [step for step in self.steps if step.kind is kind]
        return Numbers(found[-1].values) if found else None

    def equals(self, amount: Number) -> bool:
        """Return whether this is the line's exact amount."""
        return Fraction(amount) == Fraction(self.exact_amount)


def written(amount: Number) -> tuple[Decimal, str]:
    """
    Return an amount as a decimal to be written, and what follows it: nothing, or an ellipsis.

    A fraction that no decimal of 18 places holds is cut off, not rounded.
    """
    exact = Decimal(plain(amount))
    if Fraction(exact) == amount:
        return exact, ""
    cut = _cut(Fraction(amount), _FEWEST_PLACES) or _cut(Fraction(amount), _MOST_PLACES)
    return cut, "…"


def _cut(amount: Fraction, places: int) -> Decimal:
    return EXACT.scaleb(Decimal(int(amount * 10**places)), -places)
