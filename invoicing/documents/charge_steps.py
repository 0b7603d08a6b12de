"""Words for calls and their bundles, days, limits, measures, and what was taken back."""

from __future__ import annotations

from invoicing.documents.document_words import DocumentWords, rounded_how
from invoicing.documents.usage_steps import Told
from invoicing.rating.calculation import Numbers
from invoicing.rating.sentence_usage import percent_text

_DIFFERENCES = {
    "minimum": "The lines come to {lines}, so the rest up to the minimum of {amount} is charged.",
    "maximum": "The lines come to {lines}; what is above the maximum of {amount} is taken off.",
    "commitment": "{amount} is agreed for the period. The lines come to {lines}; the rest is due.",
}


def calls(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell how the seconds of the calls are billed, and how each charge is rounded."""
    billed, paid = step.number("billed_seconds"), step.number("paid_seconds")
    count = words.number(step, "calls", "call")
    sentences = [f"{count}, {words.seconds(step, 'billed_seconds')} billed."]
    if paid != billed:
        free = words.quantity(billed - paid, "second")
        sentences.append(f"{free} of them are free, {words.seconds(step, 'paid_seconds')} paid.")
    details = []
    if step.get("raw_seconds") not in (None, billed):
        raw = words.seconds(step, "raw_seconds")
        details.append(f"They lasted {raw}; each call is billed in steps, a step begun in full.")
    if step.get("decimals") is not None:
        places = words.number(step, "decimals", "place")
        details.append(f"Each call is rounded once, to {places}, {_how(step)}.")
    return "The calls", " ".join(sentences), tuple(details)


def _how(step: Numbers) -> str:
    return rounded_how(step.text("rounding") or "half_up")


def bundle(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell what a bundle gave, and what is left of it."""
    granted, used = words.seconds(step, "granted"), words.seconds(step, "used")
    left = f" {words.seconds(step, 'left')} are left." if step.get("left") is not None else ""
    name = step.text("code")
    return "The bundle", f"{name} includes {granted}. {used} of it are used here.{left}", ()


def days(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell which part of the period is charged."""
    run, whole = words.number(step, "days"), words.number(step, "of_days", "day")
    full = step.get("amount")
    costs = "" if full is None else f" A full period costs {words.money(full)}."
    if step.get("days") == step.get("of_days"):
        return "The days", f"The full period of {whole}.{costs}", ()
    return "The days", f"{run} of {whole}.{costs}", ()


def limit(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell why a minimum, maximum or commitment makes a line."""
    text = _DIFFERENCES.get(step.text("kind"), "The lines come to {lines}, the limit is {amount}.")
    part = step.part("days", "of_days")
    run = f"{words.number(step, 'days')} of {words.number(step, 'of_days', 'day')}"
    details = () if part is None else (f"The limit holds in proportion: {run}.",)
    lines, amount = words.price(step, "lines"), words.price(step, "amount")
    return "The limit", text.format(lines=lines, amount=amount), details


def measure(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell what the measure of the period brings."""
    by = f" per {step.text('by')}" if step.text("by") else ""
    value = words.number(step, "value") if step.get("value") is not None else step.text("value")
    parts = []
    if step.number("percent"):
        lines, codes = words.price(step, "lines"), step.text("of")
        of = f" ({codes})" if codes else ""
        parts.append(f"{percent_text(step.number('percent'))} of {lines}{of}")
    if step.number("amount"):
        parts.append(words.price(step, "amount"))
    brings = f" That brings {' and '.join(parts)}." if parts else ""
    return "The measure", f"{step.text('meter')}{by} came to {value}.{brings}", ()


def reversed_outcomes(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell that what was paid before is given back."""
    count = words.number(step, "outcomes", "outcome")
    rate = words.price(step, "rate")
    at = f" at {rate}, the rate that was billed" if rate else ""
    return "Taken back", f"{count} did not hold, so this is given back{at}.", ()
