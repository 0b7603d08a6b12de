"""The steps of a stored trace in words; a step that this version does not know is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from invoicing.documents import charge_steps, usage_steps
from invoicing.documents.document_words import DocumentWords
from invoicing.rating.calculation import Numbers
from invoicing.rating.trace_steps import StepKind, TraceStep

_TELLERS = {
    StepKind.ROUNDED_QUANTITY: usage_steps.rounded_quantity,
    StepKind.CONVERTED: usage_steps.converted,
    StepKind.INCLUDED: usage_steps.included,
    StepKind.TIER: usage_steps.tier,
    StepKind.FLAT_FEE: usage_steps.flat_fee,
    StepKind.PACKAGES: usage_steps.packages,
    StepKind.PERCENTAGE: usage_steps.percentage,
    StepKind.MARKUP: usage_steps.markup,
    StepKind.CALLS: charge_steps.calls,
    StepKind.BUNDLE: charge_steps.bundle,
    StepKind.DAYS: charge_steps.days,
    StepKind.LIMIT: charge_steps.limit,
    StepKind.MEASURE: charge_steps.measure,
    StepKind.REVERSED: charge_steps.reversed_outcomes,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is done, how it comes out, and what else is to be known, each a sentence."""

    title: str
    text: str
    details: tuple[str, ...] = ()


def read_steps(raw: object) -> tuple[TraceStep, ...]:
    """Return the steps that a trace names and that this version knows, in their order."""
    items = raw if isinstance(raw, list) else []
    return tuple(TraceStep.from_json(item) for item in items if _is_known(item))


def _is_known(item: Any) -> bool:
    return isinstance(item, Mapping) and item.get("step") in set(StepKind)


def told_steps(
    steps: Sequence[TraceStep], *, words: DocumentWords, unit: str, before: str
) -> Iterator[Step]:
    """
    Return a step in words for each but the count, which has its own.

    `unit` is the line's; `before` that of what was counted, before it is converted.
    """
    named = before
    for step in steps:
        teller = _TELLERS.get(step.kind)
        if teller is None:
            continue
        if step.kind is not StepKind.ROUNDED_QUANTITY:
            named = unit
        yield Step(*teller(Numbers(step.values), words, named))
