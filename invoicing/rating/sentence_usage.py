"""The formulas of usage: units, tiers, packages, percentages, costs and calls."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from invoicing.rating.calculation import MINUS, TIMES, Calculation, Numbers, Words
from invoicing.rating.trace_steps import StepKind
from values.exact import EXACT, plain

_PERCENT = Fraction(1, 100)


def units(line: Calculation, words: Words) -> str:
    """Return quantity times rate, from the quantity before what is included."""
    included = line.step(StepKind.INCLUDED)
    count = words.quantity(line.quantity, line.unit)
    if included and included.number("used") and included.text("to") == plain(line.quantity):
        before = words.quantity(included.number("from"), line.unit)
        used = words.quantity(included.number("used"), None)
        count = f"{before} {MINUS} {used} included = {words.quantity(line.quantity, None)}"
    return count if line.rate is None else f"{count} {TIMES} {words.money(line.rate)}"


def allowance(line: Calculation, words: Words) -> str:
    """Return units at no charge: ``716 minutes included at no charge, 284 left``."""
    step = line.step(StepKind.INCLUDED) or line.step(StepKind.BUNDLE)
    if step is None or line.exact_amount or line.rate:
        return ""
    if step.text("used") not in ("", plain(line.quantity)):
        return ""
    left = step.get("left")
    rest = "" if left is None else f", {words.quantity(left, None)} left"
    return f"{words.quantity(line.quantity, line.unit)} included at no charge{rest}"


def packages(line: Calculation, words: Words) -> str:
    """Return packages times their price: ``3 packages of 100``."""
    step = line.step(StepKind.PACKAGES)
    if step is None or line.rate is None:
        return ""
    size = words.quantity(step.number("size"), None)
    count = words.quantity(line.quantity, "package")
    return f"{count} of {size} {TIMES} {words.money(line.rate)}"


def percentage(line: Calculation, words: Words) -> str:
    """Return percent of the value and fixed fees; in words where limits or free parts count."""
    step = line.step(StepKind.PERCENTAGE)
    if step is None:
        return ""
    percent, fee = step.number("percent"), step.number("fixed_fee")
    value, events = step.number("value"), step.number("events")
    share = f"{percent_text(percent)} of {words.money(value)}"
    whole = Fraction(value) * Fraction(percent) * _PERCENT + Fraction(events) * Fraction(fee)
    if line.equals(whole):
        return share + _each(events, fee, words)
    each = f" and {words.money(fee)} each" if fee else ""
    return (
        f"{percent_text(percent)}{each} of {words.quantity(events, 'event')} "
        f"worth {words.money(value)}, within what is free and the limits"
    )


def percentage_tier(line: Calculation, words: Words) -> str:
    """Return a tier's percentage of the value that falls in it."""
    tier = line.step(StepKind.TIER)
    if tier is None or line.model != "graduated_percentage":
        return ""
    percent = tier.get("rate")
    if percent is None or not line.equals(Fraction(line.quantity) * Fraction(percent) * _PERCENT):
        return ""
    return f"{percent_text(percent)} of {words.money(line.quantity)}"


def markup(line: Calculation, words: Words) -> str:
    """Return the cost that the events carry, with what is put on it."""
    step = line.step(StepKind.MARKUP)
    if step is None:
        return ""
    cost, percent, fee = step.number("cost"), step.number("percent"), step.number("fixed")
    events = step.number("events")
    whole = Fraction(cost) * (1 + Fraction(percent) * _PERCENT) + Fraction(events) * Fraction(fee)
    put_on = f" + {percent_text(percent)}" if percent else ""
    text = f"cost {words.money(cost)}{put_on}{_each(events, fee, words)}"
    return text if line.equals(whole) else ""


def calls(line: Calculation, words: Words) -> str:
    """Return how many calls, and their seconds less those of bundles."""
    step = line.step(StepKind.CALLS)
    if step is None:
        return ""
    return f"{words.quantity(step.number('calls'), 'call')}, {_seconds(step, words)}"


def _seconds(step: Numbers, words: Words) -> str:
    billed, paid = step.number("billed_seconds"), step.number("paid_seconds")
    free = EXACT.subtract(billed, paid)
    if not free:
        return words.quantity(paid, "second")
    return (
        f"{words.quantity(billed, 'second')} {MINUS} {words.quantity(free, None)} free, "
        f"{words.quantity(paid, 'second')} paid"
    )


def percent_text(percent: Decimal) -> str:
    """Return a percentage: ``2.9%``."""
    return f"{plain(percent)}%"


def _each(events: Decimal, fee: Decimal, words: Words) -> str:
    return f" + {words.quantity(events, None)} {TIMES} {words.money(fee)}" if fee else ""
