"""The usage of one contract, read from the sorted events."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from invoicing.assembly.terms import rated_properties
from invoicing.assembly.usage_reader import About
from plan_file.simulating.agreements import Agreement
from plan_file.simulating.sorting import SortedUsage
from usage.metering.aggregation import aggregate
from usage.metering.filters import passes
from usage.metering.quantity import MeteredEvent, Quantity
from values.period import Period


@dataclass(frozen=True)
class ContractUsage:
    """A `UsageReader` over the events of a customer; each reading goes through them anew."""

    customer: str
    agreement: Agreement
    usage: SortedUsage

    def quantities(
        self, meter: str, period: Period, cuts: Sequence[datetime]
    ) -> Sequence[Quantity]:
        """Return the sums of a meter that adds up, kept apart by all that rates look at."""
        terms = self.agreement.terms
        return aggregate(
            terms.meters[meter],
            self.events(meter, period),
            period,
            cuts,
            also=rated_properties(terms, meter),
        )

    def events(self, meter: str, span: Period) -> Iterator[MeteredEvent]:
        """Return the events that the meter takes and can measure, in order."""
        taking = self.agreement.terms.meters[meter]
        unfit = self.usage.verdicts.unfit.get((self.customer, meter), ())
        events = self._stream(taking.event_name, span, as_calls=taking.calls)
        if not unfit and not taking.filters:
            return events
        return (
            event for event in events if event.key not in unfit and passes(taking, event.properties)
        )

    def named(
        self, event_names: Sequence[str], span: Period, *, about: About | None = None
    ) -> Iterator[tuple[str, MeteredEvent]]:
        """Yield all of the customer's events of these names in order, each after its name."""
        streams = [self._named(name, span) for name in sorted(set(event_names))]
        return heapq.merge(*streams, key=lambda pair: (pair[1].occurred_at, pair[1].key))

    def _named(self, name: str, span: Period) -> Iterator[tuple[str, MeteredEvent]]:
        for event in self._stream(name, span, as_calls=False):
            yield name, event

    def _stream(self, event_name: str, span: Period, *, as_calls: bool) -> Iterator[MeteredEvent]:
        stream = self.usage.streams.get((self.customer, event_name, as_calls))
        return iter(()) if stream is None else self.usage.events.within(stream, span)
