"""
What a usage price makes of the usage of a period: each stretch by the version at its time,
while tiers, packages and free parts go on counting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from invoicing.rating.charge import Charge
from invoicing.rating.gathered import Usage, quantities_of
from invoicing.rating.graduated import rate_graduated
from invoicing.rating.graduated_percentage import rate_graduated_percentage
from invoicing.rating.lines import Rated
from invoicing.rating.package import rate_package
from invoicing.rating.passthrough import rate_passthrough
from invoicing.rating.per_unit import rate_per_unit
from invoicing.rating.percentage import rate_percentage
from invoicing.rating.price import Model, PriceTerms, PriceVersion
from invoicing.rating.reached import Reached
from invoicing.rating.terms.package import Package
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.terms.tiers import Graduated, GraduatedPercentage, Volume
from invoicing.rating.trace_steps import TraceStep
from invoicing.rating.versions import in_time_order
from invoicing.rating.volume import rate_volume, volume_fee_is_due
from usage.metering.meter import Meter
from usage.metering.quantity import Quantity, Reading
from values.exact import total
from values.money import Rounding
from values.number import plus
from values.period import Period

_BY_EVENT = (Graduated, GraduatedPercentage, Percentage, Passthrough)


class NotByEvent(ValueError):
    """A price that looks at single events got sums."""


def looks_at_events(model: Model) -> bool:
    """Return whether a model must see the events one by one, in the order of time."""
    return isinstance(model, _BY_EVENT)


def ignores_group_keys(price: PriceTerms) -> bool:
    """Return whether the price looks at the quantity of all combinations together."""
    return not any(isinstance(version.model, PerUnit) for version in price.versions)


def rate_usage_price(
    price: PriceTerms,
    meter: Meter,
    period: Period,
    usage: Sequence[Usage],
    *,
    currency: str,
    rounding: Rounding,
    steps: tuple[TraceStep, ...] = (),
) -> Rated:
    """
    Return what a usage price makes of the billable usage of a period, earliest version first.

    The usage lies in stretches in which one version is in force, in the order of time where
    a model goes by events; what lies in a gap between versions is left out.

    :raises NotByEvent: sums, where a passthrough needs the events.
    """
    parts: list[Rated] = []
    reached = Reached()
    spans = _spans(price, period, usage)
    if any(isinstance(version.model, Volume) for version, _, _ in spans):
        counted = (quantity for _, _, part in spans for quantity in quantities_of(part))
        reached = replace(reached, total=total(quantity.quantity for quantity in counted))
    for version, covered, inside in spans:
        charge = Charge(price, version, meter, covered, currency, rounding, steps)
        rated, reached = _rate(charge, inside, reached)
        parts.append(rated)
    return parts[0] if len(parts) == 1 else joined(parts)


def joined(parts: Sequence[Rated]) -> Rated:
    """Return one result of several, in their order."""
    return Rated(
        lines=tuple(line for part in parts for line in part.lines),
        unmatched=tuple(item for part in parts for item in part.unmatched),
        quarantined=tuple(item for part in parts for item in part.quarantined),
    )


_Span = tuple[PriceVersion, Period, Sequence[Usage]]


def _spans(price: PriceTerms, period: Period, usage: Sequence[Usage]) -> list[_Span]:
    """Return the versions in force, their part of the period and their part of the usage."""
    found: list[_Span] = []
    for version in in_time_order(price.versions):
        covered = period.clipped(version.effective_from, version.effective_to)
        if covered is None:
            continue
        if covered == period:
            return [(version, covered, usage)]
        found.append((version, covered, [item for item in usage if _lies_in(covered, item)]))
    return found


def _lies_in(covered: Period, item: Usage) -> bool:
    quantity = item.quantity if isinstance(item, Reading) else item
    return covered.encloses(quantity.period)


def _rate(charge: Charge, usage: Sequence[Usage], reached: Reached) -> tuple[Rated, Reached]:
    model = charge.version.model
    if isinstance(model, PerUnit) and len(charge.price.versions) == 1:
        # Nothing goes on counting after it: by far the most lines are of such prices.
        return rate_per_unit(charge, model, _sums(usage)), reached
    count = total(quantity.quantity for quantity in quantities_of(usage))
    then = replace(reached, quantity=plus(reached.quantity, count))
    match model:
        case PerUnit():
            return rate_per_unit(charge, model, _sums(usage)), then
        case Graduated():
            lines = rate_graduated(charge, model, usage, reached)
            fee_due = reached.fee_due or then.quantity > 0 or model.flat_fee_at_zero
            return Rated(lines), replace(then, fee_due=fee_due)
        case GraduatedPercentage():
            lines = rate_graduated_percentage(charge, model, usage, reached)
            fee_due = reached.fee_due or then.quantity > 0 or model.flat_fee_at_zero
            return Rated(lines), replace(then, fee_due=fee_due)
        case Volume():
            lines = rate_volume(charge, model, usage, reached)
            is_due = volume_fee_is_due(model, reached.total, then.quantity)
            return Rated(lines), replace(then, fee_due=reached.fee_due or is_due)
        case Package():
            return Rated(rate_package(charge, model, usage, reached)), then
        case Percentage():
            lines, after = rate_percentage(charge, model, usage, reached)
            return Rated(lines), replace(after, quantity=then.quantity)
        case Passthrough():
            return rate_passthrough(charge, model, _readings(usage)), then
        case _:
            raise TypeError(f"{charge.price.code} is no usage price")


def _sums(usage: Sequence[Usage]) -> Sequence[Quantity]:
    return [item.quantity if isinstance(item, Reading) else item for item in usage]


def _readings(usage: Iterable[Usage]) -> Iterable[Reading]:
    for item in usage:
        if not isinstance(item, Reading):
            raise NotByEvent("a cost is read from the events, not from their sum")
        yield item
