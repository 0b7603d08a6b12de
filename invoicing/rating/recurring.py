"""Recurring prices: an amount for each period, or its days."""

from __future__ import annotations

from collections.abc import Sequence

from invoicing.rating.fee_days import FeeDays
from invoicing.rating.fixed_charge import Amount, FixedCharge, days_step, fixed_line
from invoicing.rating.lines import Line
from invoicing.rating.terms.fixed import Proration, Recurring, Timing
from values.number import times
from values.period import Period


def rate_recurring(charge: FixedCharge, *, timing: Timing) -> tuple[Line, ...]:
    """
    Return what of the price falls due at this time: a line for each phase in the period.

    Each takes the version of its first day and costs its days. A price without proration is
    due once per period, in full, by the version of its first day.
    """
    return tuple(
        _line(charge, run, prorated=prorated)
        for run, prorated in _due(charge.days())
        if _terms(run).timing == timing
    )


def _due(runs: Sequence[FeeDays]) -> list[tuple[FeeDays, bool]]:
    due = []
    whole = [run for run in runs if _terms(run).prorate == Proration.NONE]
    for run in runs:
        if _terms(run).prorate == Proration.DAY:
            due.append((run, True))
        elif run is whole[0]:
            once = Period(run.period.start, whole[-1].period.end)
            due.append((FeeDays(once, run.version), False))
    return due


def _line(charge: FixedCharge, run: FeeDays, *, prorated: bool) -> Line:
    terms = _terms(run)
    part = charge.part(run.period)
    amount = Amount(
        exact=times(terms.amount, part.ratio) if prorated else terms.amount,
        unit_price=terms.amount,
        model="recurring",
        steps=(days_step(part, terms.amount),) if prorated else (),
    )
    return fixed_line(charge, run.version, run.period, amount)


def _terms(run: FeeDays) -> Recurring:
    model = run.version.model
    assert isinstance(model, Recurring), "a recurring price has recurring versions"
    return model
