"""
Why a line costs what it costs, for people: the stored trace as a sentence and as steps.

A trace is read as it was written, also by an older version that knew fewer names: what it
does not say is left out, and the numbers are then those that stand on the line. The formula is
that of `invoicing.rating.sentence`, with the numbers as documents write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from invoicing.documents.counted_words import Counted, counted_step, spaced
from invoicing.documents.document_words import DocumentWords
from invoicing.documents.formats import money
from invoicing.documents.rate_words import Rate, read_rate
from invoicing.documents.step_words import Step, read_steps, told_steps
from invoicing.rating.calculation import Calculation
from invoicing.rating.sentence import formula
from invoicing.rating.trace import RateSource
from invoicing.rating.trace_steps import StepKind
from values.exact import exact_decimal
from values.money import Rounding, minor_unit

__all__ = ["Counted", "Explanation", "Paid", "Step", "calculation", "explained"]

_HALF_GOES = {
    Rounding.HALF_UP.value: "away from zero",
    Rounding.HALF_EVEN.value: "to the even neighbour",
}


@dataclass(frozen=True, slots=True)
class Paid:
    """The part of a line that a grant pays."""

    credit: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole in one sentence, and the steps that lead there."""

    sentence: str
    steps: tuple[Step, ...]


def explained(
    *,
    trace: Mapping[str, Any],
    counted: Counted,
    paid: Sequence[Paid] = (),
    hint: Mapping[str, str] | None = None,
    zone: str = "UTC",
) -> Explanation:
    """
    Return why a line comes to its amount.

    `zone` is the seller's, in whose days versions take effect; `hint` are the values with
    which the usage would have matched its rate card.
    """
    work = _Work(counted, trace)
    rate = read_rate(trace, unit=counted.unit, currency=counted.currency, zone=zone)
    if not counted.meter and trace.get("source") == RateSource.UNIT_PRICE:
        rate = None  # A seat has its price on the line, and no usage to choose it by.
    converted = work.line.step(StepKind.CONVERTED)
    before = converted.text("unit") if converted else counted.unit
    steps = [
        *counted_step(counted, work.line.step(StepKind.COUNTED), unit=before),
        *told_steps(work.line.steps, words=work.words, unit=counted.unit, before=before),
        *_rate(rate, hint or {}),
        *_multiplying(work),
        *_rounding(work),
        *_paying(counted, paid),
    ]
    return Explanation(sentence=_sentence(work, rate), steps=tuple(steps))


def calculation(*, trace: Mapping[str, Any], counted: Counted) -> str:
    """Return the sentence alone, and of that how the numbers make the amount."""
    return _sentence(_Work(counted, trace), None)


class _Work:
    """The numbers of the calculation: the trace's where it has them, else the line's."""

    def __init__(self, counted: Counted, trace: Mapping[str, Any]) -> None:
        self.currency = counted.currency
        self.words = DocumentWords(counted.currency)
        self.amount = counted.amount
        exact = _fraction(trace.get("exact_amount"), default=Fraction(counted.exact_amount))
        self.line = Calculation(
            quantity=counted.quantity,
            unit=counted.unit or None,
            rate=counted.rate,
            exact_amount=exact,
            model=str(trace.get("model") or ""),
            steps=read_steps(trace.get("steps")),
        )
        self.rule = str(trace.get("rounding") or "")

    @property
    def is_rounded(self) -> bool:
        return not self.line.equals(self.amount)

    @property
    def formula(self) -> str:
        """Return ``13 minutes x $0.20 = $2.60`` before rounding."""
        return formula(self.line, self.words)

    @property
    def result(self) -> str:
        return money(self.amount, self.currency)


def _sentence(work: _Work, rate: Rate | None) -> str:
    rounded = f", rounded to {work.result}" if work.is_rounded else ""
    at = f", at {rate.name}" if rate and rate.name else ""
    return f"{_capital(work.formula)}{rounded}{at}."


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _rate(rate: Rate | None, hint: Mapping[str, str]) -> Iterator[Step]:
    if rate is None:
        return
    missed = tuple(
        f"The rate card spells {spaced(name)} as {wanted}: the usage was sent with another "
        "spelling and did not match."
        for name, wanted in hint.items()
        if rate.is_fallback
    )
    yield Step("Which rate", rate.text, (*rate.details, *missed))


def _multiplying(work: _Work) -> Iterator[Step]:
    said = work.formula
    if " = " in said:
        exactly = "" if "\N{HORIZONTAL ELLIPSIS}" in said else ", exactly"
        yield Step("The calculation", f"{_capital(said)}{exactly}.")


def _rounding(work: _Work) -> Iterator[Step]:
    unit = money(minor_unit(work.currency), work.currency)
    if not work.is_rounded:
        text = f"A line is rounded once, to the nearest {unit}. Here nothing is left to round."
        yield Step("Rounding", f"{text} The amount is {work.result}.")
        return
    before = work.words.money(work.line.exact_amount)
    half = _HALF_GOES.get(work.rule)
    details = (f"Exactly half of {unit} goes {half}.",) if half else ()
    yield Step(
        "Rounding",
        f"{before} is rounded once, to the nearest {unit}. The amount is {work.result}.",
        details,
    )


def _paying(counted: Counted, paid: Sequence[Paid]) -> Iterator[Step]:
    if not paid:
        return
    parts = [f"{part.credit} pays {money(part.amount, counted.currency)}" for part in paid]
    yield Step("Credit", f"{'; '.join(parts)} of this line.")


def _fraction(raw: object, *, default: Fraction) -> Fraction:
    """Return a number that a trace holds as text, such as 13/5; the default where it has none."""
    if not isinstance(raw, str):
        return default
    whole, _, part = raw.partition("/")
    try:
        return Fraction(exact_decimal(whole)) / Fraction(exact_decimal(part or "1"))
    except (ValueError, ZeroDivisionError):
        return default
