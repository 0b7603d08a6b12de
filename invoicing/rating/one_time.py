"""One-time prices: an amount that is due once, on the contract's first day."""

from __future__ import annotations

from invoicing.rating.fixed_charge import Amount, FixedCharge, fixed_line
from invoicing.rating.lines import Line
from invoicing.rating.terms.fixed import OneTime


def rate_one_time(charge: FixedCharge) -> tuple[Line, ...]:
    """
    Return the amount in full, for the contract's first period.

    Nothing where the price is not in force on its first day: what a later phase brings in is
    no start.
    """
    runs = charge.days()
    if not runs or runs[0].period.start > charge.covered.start:
        return ()
    version = runs[0].version
    assert isinstance(version.model, OneTime), "a one-time price has one-time versions"
    amount = Amount(
        exact=version.model.amount,
        unit_price=version.model.amount,
        model="one_time",
    )
    return (fixed_line(charge, version, charge.covered, amount),)
