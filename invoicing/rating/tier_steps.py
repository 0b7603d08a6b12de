"""Where a quantity stands among tiers, and how a line says so."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from invoicing.rating.terms.tiers import Tier
from invoicing.rating.trace_steps import StepKind, TraceStep
from values.exact import plain
from values.number import ZERO, Number, minus


def tier_at(tiers: Sequence[Tier], quantity: Number) -> int:
    """Return the place of the tier `(previous up_to, up_to]` of a quantity; the first is 0."""
    bounds = [tier.up_to for tier in tiers[:-1] if tier.up_to is not None]
    return bisect_left(bounds, quantity)


def above(tiers: Sequence[Tier], index: int) -> Number:
    """Return the quantity above which a tier begins."""
    bound = tiers[index - 1].up_to if index else ZERO
    assert bound is not None, "only the last tier has no end"
    return bound


def parts_between(
    tiers: Sequence[Tier], before: Number, after: Number
) -> Iterator[tuple[int, Number]]:
    """
    Yield what each tier gets when the count goes from `before` to `after`, lowest tier first.

    Down from a higher count the parts are negative. A way of 0 is one part of 0, in the tier
    that the count stands in.
    """
    low, high = min(before, after), max(before, after)
    first, last = tier_at(tiers, low), tier_at(tiers, high)
    if first == last:
        yield first, minus(after, before)
        return
    for index in range(first, last + 1):
        # Corrections may come before what they correct: the first tier goes below 0 as well.
        begins = low if index == first else above(tiers, index)
        bound = tiers[index].up_to
        ends = high if bound is None else min(high, bound)
        if begins < ends:
            yield index, minus(ends, begins) if after > before else minus(begins, ends)


def tier_step(tiers: Sequence[Tier], index: int, quantity: Number, model: str) -> TraceStep:
    """Return the step that says which tier prices a line."""
    up_to = tiers[index].up_to
    return TraceStep(
        StepKind.TIER,
        {
            "number": str(index + 1),
            "above": plain(above(tiers, index)),
            "up_to": "" if up_to is None else plain(up_to),
            "rate": plain(tiers[index].rate),
            "quantity": plain(quantity),
            "model": model,
        },
    )


def fee_step(tiers: Sequence[Tier], index: int) -> TraceStep:
    """Return the step of a tier's flat fee."""
    fee = tiers[index].flat_fee
    return TraceStep(StepKind.FLAT_FEE, {"number": str(index + 1), "amount": plain(fee)})
