"""Usage that is at hand: quantities already added up, or the events themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from invoicing.assembly.usage_reader import About
from usage.metering.quantity import MeteredEvent, Quantity
from values.period import Period


@dataclass(frozen=True, slots=True)
class GivenUsage:
    """A `UsageReader` over what it was given, by meter code and by event name."""

    sums: Mapping[str, Sequence[Quantity]] = field(default_factory=dict)
    readings: Mapping[str, Sequence[MeteredEvent]] = field(default_factory=dict)
    by_name: Mapping[str, Sequence[MeteredEvent]] = field(default_factory=dict)

    def quantities(
        self, meter: str, period: Period, cuts: Sequence[datetime]
    ) -> Sequence[Quantity]:
        """Return the quantities as given: those of this period, cut as it asks."""
        return self.sums.get(meter, ())

    def events(self, meter: str, span: Period) -> Iterable[MeteredEvent]:
        """Return the events in the span, in the order of times and keys."""
        return _inside(self.readings.get(meter, ()), span)

    def named(
        self, event_names: Sequence[str], span: Period, *, about: About | None = None
    ) -> Iterable[tuple[str, MeteredEvent]]:
        """Return all events of these names in order, each after its name."""
        found = [
            (name, event)
            for name in event_names
            for event in _inside(self.by_name.get(name, ()), span)
        ]
        return sorted(found, key=lambda pair: (pair[1].occurred_at, pair[1].key))


def _inside(events: Iterable[MeteredEvent], span: Period) -> list[MeteredEvent]:
    inside = [event for event in events if span.contains(event.occurred_at)]
    return sorted(inside, key=lambda event: (event.occurred_at, event.key))
