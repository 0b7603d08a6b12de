"""Usage that a meter takes and no price of the contract does."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from invoicing.assembly.period_usage import PeriodUsage
from invoicing.assembly.result import Unpriced
from invoicing.assembly.terms import ContractTerms
from invoicing.rating.versions import version_at
from usage.metering.meter import Meter
from usage.metering.quantity import Quantity
from values.period import Period


def unpriced_usage(usage: PeriodUsage) -> tuple[Unpriced, ...]:
    """
    Return the usage at times at which no price looks at its meter, by meter.

    A meter that only measures performance is looked at. Of a meter that does not add up the
    quantity is the number of events.
    """
    found = []
    for code, meter in sorted(usage.terms.meters.items()):
        gaps = tuple(_unpriced_stretches(usage, code))
        slices = tuple(_inside(usage, meter, gaps)) if gaps else ()
        if slices:
            found.append(Unpriced(meter=code, slices=slices))
    return tuple(found)


def _unpriced_stretches(usage: PeriodUsage, meter: str) -> Iterator[Period]:
    for stretch in usage.billed.covered.split(usage.sliced_at):
        if not is_priced(usage.terms, meter, stretch):
            yield stretch


def is_priced(terms: ContractTerms, meter: str, stretch: Period) -> bool:
    """Return whether a price that looks at the meter is in force when a stretch begins."""
    return any(
        meter in price.meters and version_at(price.versions, stretch.start) is not None
        for price in terms.prices
    )


def _inside(usage: PeriodUsage, meter: Meter, gaps: tuple[Period, ...]) -> Iterator[Quantity]:
    if meter.adds_up:
        for part in usage.sums(meter, by=None, also=()):
            if any(gap.encloses(part.period) for gap in gaps):
                yield part
        return
    for gap in gaps:
        events = sum(gap.contains(event.occurred_at) for event in usage.events(meter))
        if events:
            yield Quantity((), gap, Decimal(events), events)
