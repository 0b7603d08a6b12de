"""Graduated prices: each unit costs the price of the tier that it falls in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from invoicing.rating.charge import Charge
from invoicing.rating.gathered import Gathered, Usage, quantities_of
from invoicing.rating.lines import Line
from invoicing.rating.reached import Reached
from invoicing.rating.terms.tiers import Graduated, GraduatedPercentage, Tier
from invoicing.rating.tier_steps import above, fee_step, parts_between, tier_step
from invoicing.rating.trace import RateSource
from invoicing.rating.usage_line import flat_fee_line, usage_line
from values.number import Number, plus, times

MODEL = "graduated"


def rate_graduated(
    charge: Charge, model: Graduated, usage: Iterable[Usage], reached: Reached
) -> tuple[Line, ...]:
    """
    Return a line for each tier that the usage of a version reaches, each before its flat fee.

    The usage stands in the order of time and goes on from the count `reached`, in the
    version's own tiers. An event that fills one tier and enters the next counts for both;
    one that adds nothing counts for the tier that is reached. A flat fee is due once in a
    period, as soon as the count is above the end of the tier before, and comes back where
    corrections take the count of a later version below it again.
    """
    return tiered_lines(
        charge, model, usage, reached, name=MODEL, price=lambda tier, units: times(tier.rate, units)
    )


def tiered_lines(
    charge: Charge,
    model: Graduated | GraduatedPercentage,
    usage: Iterable[Usage],
    reached: Reached,
    *,
    name: str,
    price: Callable[[Tier, Number], Number],
    priced_by_unit: bool = True,
) -> tuple[Line, ...]:
    """Return the lines of the tiers; `price` is what a number of units costs in a tier."""
    tiers, count = model.tiers, reached.quantity
    behind: dict[int, Gathered] = {}
    for quantity in quantities_of(usage):
        after = plus(count, quantity.quantity)
        for index, part in parts_between(tiers, count, after):
            behind.setdefault(index, Gathered()).add(quantity.period, part, quantity.events)
        count = after
    fees = dict(_fees(model, reached, count))
    lines: list[Line] = []
    for index in sorted(behind.keys() | fees.keys()):
        suffix = f"tier {index + 1}"
        if index in behind:
            units = behind[index].quantity
            line = usage_line(
                charge,
                behind[index],
                model=name,
                exact=price(tiers[index], units),
                rate=tiers[index].rate if priced_by_unit else None,
                unit=charge.meter.priced_unit,
                suffix=suffix,
                source=RateSource.TIER,
                steps=(tier_step(tiers, index, units, name),),
            )
            lines += [line] if units else []
        if index in fees:
            lines.append(
                flat_fee_line(
                    charge,
                    tiers[index].flat_fee,
                    model=name,
                    suffix=f"{suffix} flat fee",
                    step=fee_step(tiers, index),
                    times=fees[index],
                )
            )
    return tuple(lines)


def _fees(
    model: Graduated | GraduatedPercentage, reached: Reached, count: Number
) -> Iterator[tuple[int, int]]:
    """Yield the tiers whose fee falls due (1) or comes back (-1) on the way to the count."""
    for index, tier in enumerate(model.tiers):
        begins = above(model.tiers, index)
        was_due = reached.quantity > begins or (index == 0 and reached.fee_due)
        is_due = count > begins or (index == 0 and (reached.fee_due or model.flat_fee_at_zero))
        if tier.flat_fee and was_due != is_due:
            yield index, 1 if is_due else -1
