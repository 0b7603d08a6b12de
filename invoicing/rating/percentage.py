"""Percentages of what each event is worth, with a fee and limits for each event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from invoicing.rating.charge import Charge
from invoicing.rating.gathered import Gathered, Usage, quantities_of
from invoicing.rating.lines import Line
from invoicing.rating.reached import Reached
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.trace_steps import StepKind, TraceStep
from invoicing.rating.usage_line import usage_line
from values.exact import plain
from values.number import ZERO, Number, minus, percent_of, plus

MODEL = "percentage"


def rate_percentage(
    charge: Charge, model: Percentage, usage: Iterable[Usage], reached: Reached
) -> tuple[tuple[Line, ...], Reached]:
    """
    Return the line of a version's events, and where its free part is then.

    Each quantity is one event and its value. Percent and fixed fee together are clamped. The
    free part ends at whichever of free events and free amount is used up first: an event
    wholly in it costs nothing, one partly in it pays for the rest and the whole fixed fee,
    one of no value takes an event of it. A correction (a value below 0) gives its percentage
    back, not the fee, has no limits and leaves the free part alone.
    """
    run = _Run(model, reached.free_events, reached.free_amount)
    behind = Gathered()
    exact: Number = ZERO
    for quantity in quantities_of(usage):
        amount = run.charged(quantity.quantity)
        exact = plus(exact, amount)
        behind.add(quantity.period, quantity.quantity, quantity.events, amount)
    then = Reached(
        quantity=reached.quantity,
        total=reached.total,
        fee_due=reached.fee_due,
        free_events=run.free_events,
        free_amount=run.free_amount,
    )
    if not exact and not behind.quantity:
        return (), then
    line = usage_line(
        charge,
        behind,
        model=MODEL,
        exact=exact,
        rate=None,
        unit=charge.meter.priced_unit,
        steps=(_step(model, behind, run, reached),),
        weighed=True,
    )
    return (line,), then


@dataclass(slots=True)
class _Run:
    """The free part as far as it is used, and how often a limit was met."""

    model: Percentage
    free_events: int
    free_amount: Number
    at_minimum: int = 0
    at_maximum: int = 0

    def charged(self, value: Number) -> Number:
        """Return what the next event costs, unrounded."""
        model = self.model
        if value < 0:
            return percent_of(model.percent, value)
        if self._is_free:
            paid = self._take(value)
            if not paid:
                return ZERO
        else:
            paid = value
        return self._clamped(plus(percent_of(model.percent, paid), model.fixed_fee))

    @property
    def _is_free(self) -> bool:
        events, amount = self.model.free_events, self.model.free_amount
        if events is None and amount is None:
            return False
        return (events is None or self.free_events < events) and (
            amount is None or self.free_amount < amount
        )

    def _take(self, value: Number) -> Number:
        """Use up the free part by an event; return the value that is left to pay for."""
        amount = self.model.free_amount
        free = value if amount is None else min(value, minus(amount, self.free_amount))
        self.free_events += 1
        self.free_amount = plus(self.free_amount, free)
        return minus(value, free)

    def _clamped(self, amount: Number) -> Number:
        low, high = self.model.minimum_per_event, self.model.maximum_per_event
        if low is not None and amount < low:
            self.at_minimum += 1
            return low
        if high is not None and amount > high:
            self.at_maximum += 1
            return high
        return amount


def _step(model: Percentage, behind: Gathered, run: _Run, reached: Reached) -> TraceStep:
    return TraceStep(
        StepKind.PERCENTAGE,
        {
            "value": plain(behind.quantity),
            "percent": plain(model.percent),
            "fixed_fee": plain(model.fixed_fee),
            "events": str(behind.events),
            "free_events": str(run.free_events - reached.free_events),
            "free_amount": plain(minus(run.free_amount, reached.free_amount)),
            "at_minimum": str(run.at_minimum),
            "at_maximum": str(run.at_maximum),
        },
    )
