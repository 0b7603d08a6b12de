"""Volume prices: all units cost the price of the tier that the whole quantity falls in."""

from __future__ import annotations

from collections.abc import Iterable

from invoicing.rating.charge import Charge
from invoicing.rating.gathered import Gathered, Usage, quantities_of
from invoicing.rating.lines import Line
from invoicing.rating.reached import Reached
from invoicing.rating.terms.tiers import Volume
from invoicing.rating.tier_steps import above, fee_step, tier_at, tier_step
from invoicing.rating.trace import RateSource
from invoicing.rating.usage_line import flat_fee_line, usage_line
from values.number import Number, plus, times

MODEL = "volume"


def rate_volume(
    charge: Charge, model: Volume, usage: Iterable[Usage], reached: Reached
) -> tuple[Line, ...]:
    """
    Return the line of a version's units, and the flat fee where it falls due in its time.

    The tier is that of the `total` of the whole period, in the version's own tiers. Its fee
    is due once in a period: in the first version in which the count is in that tier.
    """
    behind = Gathered()
    for quantity in quantities_of(usage):
        behind.add(quantity.period, quantity.quantity, quantity.events)
    units = behind.quantity
    index = tier_at(model.tiers, reached.total)
    tier, suffix = model.tiers[index], f"tier {index + 1}"
    lines: list[Line] = []
    if units:
        lines.append(
            usage_line(
                charge,
                behind,
                model=MODEL,
                exact=times(tier.rate, units),
                rate=tier.rate,
                unit=charge.meter.priced_unit,
                suffix=suffix,
                source=RateSource.TIER,
                steps=(tier_step(model.tiers, index, reached.total, MODEL),),
            )
        )
    fee_is_due = volume_fee_is_due(model, reached.total, plus(reached.quantity, units))
    if tier.flat_fee and fee_is_due and not reached.fee_due:
        step = fee_step(model.tiers, index)
        fee = tier.flat_fee
        lines.append(
            flat_fee_line(charge, fee, model=MODEL, suffix=f"{suffix} flat fee", step=step)
        )
    return tuple(lines)


def volume_fee_is_due(model: Volume, total: Number, count: Number) -> bool:
    """Return whether a count has entered the tier of the total, whose flat fee is then due."""
    index = tier_at(model.tiers, total)
    return count > above(model.tiers, index) or (index == 0 and model.flat_fee_at_zero)
