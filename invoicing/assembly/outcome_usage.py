"""
What a price with an outcome rule has to charge in a period.

An outcome has two times. Its window's close decides the period, the tiers and the allowance;
its success decides version and rate, and which grants pay for it. It is counted at the one and
priced at the other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from msgspec import structs

from invoicing.assembly.period_outcomes import PeriodOutcomes, outcomes_in
from invoicing.assembly.period_usage import PeriodUsage
from invoicing.assembly.price_usage import PriceUsage, readings_to_charge
from invoicing.assembly.success_meter import SuccessMeter
from invoicing.rating.outcomes import Outcome
from invoicing.rating.price import PriceTerms
from invoicing.rating.usage_price import ignores_group_keys
from invoicing.rating.versions import version_at
from usage.metering.quantity import Reading
from values.period import Period

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """
    Outcomes in the order in which they count, and plain usage among them.

    The readings `to_charge` stand at the times at which they count, those `as_of_success` are
    the same by the keys of their events, at the times by which they are priced: those of the
    period in its stretches, earlier ones in the instant of the success.
    """

    to_charge: PriceUsage
    as_of_success: Mapping[str, Reading]


@dataclass(frozen=True, slots=True)
class OutcomeUsage:
    """What a price charges in a period, like a `PriceUsage`, and what it knows of outcomes."""

    counted: Counted
    outcomes: PeriodOutcomes

    @property
    def items(self) -> Sequence[Reading]:
        """The readings at the times at which they count, in order."""
        return [item for item in self.counted.to_charge.items if isinstance(item, Reading)]


def outcome_usage(price: PriceTerms, usage: PeriodUsage) -> OutcomeUsage:
    """
    Return the outcomes that count in a period, at least 0, rounded and converted together.

    An upcoming invoice takes windows that are still open for passed: what is known so far
    holds.
    """
    outcomes = outcomes_in(terms=usage.terms, price=price, billed=usage.billed, usage=usage.reader)
    return OutcomeUsage(counted_in(price, usage, outcomes.counted), outcomes)


def counted_in(price: PriceTerms, usage: PeriodUsage, outcomes: Sequence[Outcome]) -> Counted:
    """Return given outcomes of a period, and what versions without a rule count in it."""
    terms, covered = usage.terms, usage.billed.covered
    success = SuccessMeter.of(terms, price)
    found = [(outcome.counts_at, success.reading(outcome.success)) for outcome in outcomes]
    if any(
        version.outcome is None and covered.clipped(version.effective_from, version.effective_to)
        for version in price.versions
    ):
        for event in usage.events(success.meter):
            version = version_at(price.versions, event.occurred_at)
            if version is not None and version.outcome is None:
                found.append((event.occurred_at, success.reading(event)))
    found.sort(key=lambda counted: (counted[0], counted[1].event.key))
    # What the last period waits for counts at its very end.
    last = covered.end - _INSTANT
    at_close = [_moved(reading, min(counts_at, last)) for counts_at, reading in found]
    by = () if ignores_group_keys(price) else None
    stretches = covered.split(usage.sliced_at)
    return Counted(
        to_charge=readings_to_charge(success.meter, at_close, by=by),
        as_of_success={reading.event.key: _in_stretch(reading, stretches) for _, reading in found},
    )


def _in_stretch(reading: Reading, stretches: Sequence[Period]) -> Reading:
    """Return a reading in its stretch between two cuts; before the period these are unknown."""
    at = reading.event.occurred_at
    if at < stretches[0].start:
        return reading
    index = bisect_right(stretches, at, key=lambda stretch: stretch.start) - 1
    return replace(reading, quantity=replace(reading.quantity, period=stretches[index]))


def _moved(reading: Reading, instant: datetime) -> Reading:
    return replace(
        reading,
        event=structs.replace(reading.event, occurred_at=instant),
        quantity=replace(reading.quantity, period=Period(instant, instant + _INSTANT)),
    )
