"""The usage of a contract in one billing period: sums where they are enough, else the events."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.terms import ContractTerms
from invoicing.assembly.usage_reader import UsageReader
from usage.metering.aggregation import aggregate, readings
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import MeteredEvent, Quantity, Reading
from values.period import Period


class QuantityNotSliced(ValueError):
    """A quantity lies outside the period, or across an instant of `cuts`."""


@dataclass(frozen=True, slots=True)
class PeriodUsage:
    """
    Reads each meter once; `sliced_at` are the instants at which quantities are kept apart.

    `by` and `also` are those of the metering's `aggregate`: what is aggregated apart (None:
    the group keys), and what is only told apart.
    """

    terms: ContractTerms
    billed: BilledPeriod
    reader: UsageReader
    sliced_at: Sequence[datetime]
    _events: dict[str, Sequence[MeteredEvent]] = field(default_factory=dict)
    _sums: dict[str, Sequence[Quantity]] = field(default_factory=dict)

    def events(self, meter: Meter) -> Sequence[MeteredEvent]:
        """Return the meter's events of the period in the order of times and keys."""
        if meter.code not in self._events:
            self._events[meter.code] = tuple(self.reader.events(meter.code, self.billed.covered))
        return self._events[meter.code]

    def readings(
        self, meter: Meter, *, by: Sequence[str] | None, also: Sequence[str]
    ) -> Sequence[Reading]:
        """Return what each event adds, in order; nothing where only sums are at hand."""
        return readings(
            meter,
            self.events(meter),
            self.billed.covered,
            self.sliced_at,
            also=also,
            by=by,
            full=self.billed.full,
            before=self._before(meter),
        )

    def sums(
        self, meter: Meter, *, by: Sequence[str] | None, also: Sequence[str]
    ) -> Sequence[Quantity]:
        """
        Return what the meter counts by combination and stretch, stretches in order.

        Of a meter that adds up the combinations may be finer than `by` and `also` ask.

        :raises QuantityNotSliced: what was read lies across an instant, or outside.
        """
        found = self._added_up(meter) if meter.adds_up else self._aggregated(meter, by, also)
        return sorted(found, key=lambda part: part.period.start)

    def _aggregated(
        self, meter: Meter, by: Sequence[str] | None, also: Sequence[str]
    ) -> Sequence[Quantity]:
        return aggregate(
            meter,
            self.events(meter),
            self.billed.covered,
            self.sliced_at,
            also=also,
            by=by,
            full=self.billed.full,
            before=self._before(meter),
        )

    def _added_up(self, meter: Meter) -> Sequence[Quantity]:
        if meter.code not in self._sums:
            found = self.reader.quantities(meter.code, self.billed.covered, self.sliced_at)
            _check_slices(meter.code, found, self.billed.covered, self.sliced_at)
            self._sums[meter.code] = found
        return self._sums[meter.code]

    def _before(self, meter: Meter) -> Iterable[MeteredEvent]:
        """Return the events that made the level with which the period begins."""
        begins = self.terms.starts_at
        if meter.aggregation is not Aggregation.WEIGHTED_SUM or begins is None:
            return ()
        if begins >= self.billed.covered.start:
            return ()
        return self.reader.events(meter.code, Period(begins, self.billed.covered.start))


def _check_slices(
    meter: str, quantities: Sequence[Quantity], period: Period, instants: Sequence[datetime]
) -> None:
    for part in quantities:
        following = bisect_right(instants, part.period.start)
        cut = following < len(instants) and instants[following] < part.period.end
        if cut or not period.encloses(part.period):
            raise QuantityNotSliced(f"{meter}: {part.period} is no slice of {period}")
