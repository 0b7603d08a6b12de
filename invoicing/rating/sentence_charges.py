"""The formulas of what counts no usage: fees and seats by days, limits, and measures."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from invoicing.rating.calculation import MINUS, TIMES, Calculation, Numbers, Words
from invoicing.rating.sentence_usage import percent_text
from invoicing.rating.trace_steps import StepKind


def flat_fee(line: Calculation, words: Words) -> str:
    """Return that a line is the flat fee of a tier."""
    step = line.step(StepKind.FLAT_FEE)
    if step is None:
        return ""
    return f"flat fee of tier {step.text('number')}" if step.text("number") else "flat fee"


def days(line: Calculation, words: Words) -> str:
    """Return the amount of a full period times its part: ``$99.00 x 10 of 30 days``."""
    step = line.step(StepKind.DAYS)
    part = step.part("days", "of_days") if step else None
    if step is None or part is None:
        return ""
    full = step.get("amount")
    if line.rate is not None:
        text, whole = _units(line, line.rate, words), Fraction(line.quantity) * Fraction(line.rate)
    elif full is not None:
        text, whole = words.money(full), Fraction(full)
    else:
        return ""
    return f"{text} {TIMES} {_days(step, words)}" if line.equals(whole * part) else ""


def _units(line: Calculation, rate: Decimal, words: Words) -> str:
    if line.quantity == 1 and line.unit is None:
        return words.money(rate)
    return f"{words.quantity(line.quantity, line.unit)} {TIMES} {words.money(rate)}"


def limit(line: Calculation, words: Words) -> str:
    """Return a minimum, maximum or commitment less what the lines come to."""
    step = line.step(StepKind.LIMIT)
    if step is None:
        return ""
    amount, lines = step.number("amount"), step.number("lines")
    name = step.text("kind") or "limit"
    text, whole = f"{name} {words.money(amount)}", Fraction(amount)
    part = step.part("days", "of_days")
    if part is not None:
        text, whole = f"{text} {TIMES} {_days(step, words)}", whole * part
    if line.equals(whole - Fraction(lines)):
        return f"{text} {MINUS} lines {words.money(lines)}"
    return ""


def measure(line: Calculation, words: Words) -> str:
    """Return the percentage of other lines, and the amount, that a measure brings."""
    step = line.step(StepKind.MEASURE)
    if step is None:
        return ""
    percent, amount, lines = step.number("percent"), step.number("amount"), step.number("lines")
    if not line.equals(Fraction(lines) * Fraction(percent) / 100 + Fraction(amount)):
        return ""
    if not percent:
        return f"amount for a measure of {_value(step, words)}"
    sign = MINUS if amount < 0 else "+"
    added = f" {sign} {words.money(abs(amount))}" if amount else ""
    return f"{percent_text(percent)} of {words.money(lines)}{added}"


def _value(step: Numbers, words: Words) -> str:
    value = step.get("value")
    return step.text("value") if value is None else words.quantity(value, None)


def _days(step: Numbers, words: Words) -> str:
    run = words.quantity(step.number("days"), None)
    return f"{run} of {words.quantity(step.number('of_days'), 'day')}"
