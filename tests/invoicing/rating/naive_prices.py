"""
What usage costs, computed the plainest way there is: fractions, a loop over single events.

Written from the rules and not from the engine; slow, and only about one version of a price.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from invoicing.rating.price import UsageModel
from invoicing.rating.terms.package import Package, PackageRounding
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.terms.tiers import Graduated, GraduatedPercentage, Tier, Volume


def naive_amount(model: UsageModel, values: Sequence[Fraction]) -> Fraction:
    """Return the unrounded amount of all lines for events of these values, none below 0."""
    quantity = sum(values, Fraction(0))
    if isinstance(model, PerUnit):
        return quantity * Fraction(model.unit_price or 0)
    if isinstance(model, Graduated):
        return _graduated(model.tiers, quantity, Fraction(1), at_zero=model.flat_fee_at_zero)
    if isinstance(model, GraduatedPercentage):
        return _graduated(model.tiers, quantity, Fraction(100), at_zero=model.flat_fee_at_zero)
    if isinstance(model, Volume):
        return _volume(model, quantity)
    if isinstance(model, Package):
        packages = max(Fraction(0), quantity - Fraction(model.free_units)) / Fraction(
            model.package_size
        )
        whole = ceil(packages) if model.round == PackageRounding.UP else floor(packages)
        return whole * Fraction(model.package_price)
    if isinstance(model, Percentage):
        return _percentage(model, values)
    assert isinstance(model, Passthrough)
    percent = Fraction(model.markup_percent) / 100
    return sum(
        (value * (1 + percent) + Fraction(model.markup_fixed) for value in values), Fraction(0)
    )


def _graduated(
    tiers: Sequence[Tier], quantity: Fraction, units: Fraction, *, at_zero: bool
) -> Fraction:
    amount, below = Fraction(0), Fraction(0)
    for number, tier in enumerate(tiers):
        is_entered = quantity > below or (number == 0 and at_zero)
        if not is_entered:
            break
        above = quantity if tier.up_to is None else min(quantity, Fraction(tier.up_to))
        amount += (above - below) * Fraction(tier.rate) / units + Fraction(tier.flat_fee)
        below = Fraction(tier.up_to or 0)
    return amount


def _volume(model: Volume, quantity: Fraction) -> Fraction:
    for tier in model.tiers:
        if tier.up_to is None or quantity <= Fraction(tier.up_to):
            fee_is_due = quantity > 0 or (model.flat_fee_at_zero and tier is model.tiers[0])
            return quantity * Fraction(tier.rate) + (Fraction(tier.flat_fee) if fee_is_due else 0)
    raise AssertionError("the last tier has no end")


def _percentage(model: Percentage, values: Sequence[Fraction]) -> Fraction:
    has_free = model.free_events is not None or model.free_amount is not None
    events_left = Fraction(10**9 if model.free_events is None else model.free_events)
    amount_left = Fraction(10**30) if model.free_amount is None else Fraction(model.free_amount)
    whole = Fraction(0)
    for value in values:
        paid = value
        if has_free and events_left > 0 and amount_left > 0:
            free = min(value, amount_left)
            events_left, amount_left = events_left - 1, amount_left - free
            if free == value:
                continue
            paid = value - free
        cost = paid * Fraction(model.percent) / 100 + Fraction(model.fixed_fee)
        if model.minimum_per_event is not None:
            cost = max(cost, Fraction(model.minimum_per_event))
        if model.maximum_per_event is not None:
            cost = min(cost, Fraction(model.maximum_per_event))
        whole += cost
    return whole
