"""
Why a line costs what it costs, for people: the stored trace as a sentence and as steps.

A trace is read as it was written, also by an older version that knew fewer names: what it
does not say is left out, and the numbers are then those that stand on the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from invoicing.documents.formats import exact_price, money, quantity, unit_price
from invoicing.documents.rate_words import Rate, read_rate
from values.exact import exact_decimal
from values.money import Rounding, minor_unit

_TIMES = "\N{MULTIPLICATION SIGN}"
_HALF_GOES = {
    Rounding.HALF_UP.value: "away from zero",
    Rounding.HALF_EVEN.value: "to the even neighbour",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """
    What stands behind a line, as its row and its meter say.

    `meter` is empty for a fee. `summed` is the property that is added up, empty where the
    events are counted; `keys` are the properties that make separate lines, with their values
    in `dimensions`; `time` is the first and last day.
    """

    quantity: Decimal
    unit: str
    rate: Decimal | None
    exact_amount: Decimal
    amount: Decimal
    currency: str
    time: str
    meter: str = ""
    summed: str = ""
    keys: Sequence[str] = ()
    dimensions: Mapping[str, str] | None = None
    events: int | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """The part of a line that a grant pays."""

    credit: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is done, how it comes out, and what else is to be known, each a sentence."""

    title: str
    text: str
    details: tuple[str, ...] = ()


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
    steps = [
        *_counting(counted),
        *_rate(rate, hint or {}),
        *_multiplying(work),
        *_rounding(work),
        *_paying(counted, paid),
    ]
    return Explanation(sentence=_sentence(work, rate), steps=tuple(steps))


class _Work:
    """The numbers of the calculation: the trace's where it has them, else the line's."""

    def __init__(self, counted: Counted, trace: Mapping[str, Any]) -> None:
        self.currency = counted.currency
        self.amount = counted.amount
        self.quantity = quantity(counted.quantity, counted.unit)
        self.rate = counted.rate
        self.exact = _fraction(trace.get("exact_amount"), default=Fraction(counted.exact_amount))
        self.rule = str(trace.get("rounding") or "")

    @property
    def is_rounded(self) -> bool:
        return self.exact != Fraction(self.amount)

    @property
    def product(self) -> str:
        """Return ``13 minutes x $0.20 = $2.60`` before rounding; the amount where no rate is."""
        if self.rate is None:
            return exact_price(self.exact, self.currency)
        rate = unit_price(self.rate, self.currency)
        return f"{self.quantity} {_TIMES} {rate} = {exact_price(self.exact, self.currency)}"

    @property
    def result(self) -> str:
        return money(self.amount, self.currency)


def _sentence(work: _Work, rate: Rate | None) -> str:
    rounded = f", rounded to {work.result}" if work.is_rounded else ""
    return f"{work.product}{rounded}{f', at {rate.name}' if rate else ''}."


def _counting(counted: Counted) -> Iterator[Step]:
    if not counted.meter:
        yield Step("What it is for", f"A charge for {counted.time}; it does not count usage.")
        return
    events = "events" if counted.events is None else quantity(Decimal(counted.events), "event")
    how = f"their {spaced(counted.summed)} added up" if counted.summed else "each counted once"
    yield Step(
        "What was counted",
        f"{counted.meter}: {events} of {counted.time}, {how}. "
        f"That makes {quantity(counted.quantity, counted.unit)}.",
        tuple(_dimension(key, counted.dimensions or {}) for key in counted.keys),
    )


def _dimension(key: str, values: Mapping[str, str]) -> str:
    return f"{spaced(key).capitalize()}: {values.get(key, 'not given')}"


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
    if work.rate is not None:
        yield Step("The calculation", f"{work.product}, exactly.")


def _rounding(work: _Work) -> Iterator[Step]:
    unit = money(minor_unit(work.currency), work.currency)
    if not work.is_rounded:
        text = f"A line is rounded once, to the nearest {unit}. Here nothing is left to round."
        yield Step("Rounding", f"{text} The amount is {work.result}.")
        return
    before = exact_price(work.exact, work.currency)
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


def spaced(name: str) -> str:
    """Return a property's name as words: ``call outcome``."""
    return name.replace("_", " ").strip() or name


def _fraction(raw: object, *, default: Fraction) -> Fraction:
    """Return a number that a trace holds as text, such as 13/5; the default where it has none."""
    if not isinstance(raw, str):
        return default
    whole, _, part = raw.partition("/")
    try:
        return Fraction(exact_decimal(whole)) / Fraction(exact_decimal(part or "1"))
    except (ValueError, ZeroDivisionError):
        return default
