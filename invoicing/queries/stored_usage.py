"""A customer's stored usage, as the invoice function asks for it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from invoicing.assembly.terms import ContractTerms, rated_properties
from invoicing.assembly.usage_reader import About
from usage.metering.aggregation import aggregate
from usage.metering.quantity import Dimensions, MeteredEvent, Quantity
from usage.models import DimensionSet
from usage.store import store
from values.period import Period

_Sums = Mapping[str, Sequence[Quantity]]


class StoredUsage:
    """
    A `UsageReader` over the store: what a snapshot shows of one customer.

    Sums come in two queries for all meters; events are asked for where a price needs them.
    `combinations` are the rows of the sums' dimensions, by meter code. `cut_at` are further
    instants at which sums are kept apart, so that terms with other cuts ask nothing more.
    """

    def __init__(
        self,
        *,
        customer_id: int,
        terms: ContractTerms,
        meter_ids: Mapping[str, int],
        snapshot: str,
        cut_at: Iterable[datetime] = (),
    ) -> None:
        self.combinations: dict[tuple[str, Dimensions], int] = {}
        self._customer_id = customer_id
        self._terms = terms
        self._meter_ids = meter_ids
        self._snapshot = snapshot
        self._cut_at = frozenset(cut_at)
        self._sums: dict[Period, tuple[frozenset[datetime], _Sums]] = {}

    def under(self, terms: ContractTerms) -> "StoredUsage":
        """Return the same usage as other terms look at it; the sums are shared."""
        other = copy(self)
        other._terms = terms
        return other

    def sums(self, period: Period, cuts: Iterable[datetime]) -> _Sums:
        """Return the sums of all meters by combination of group keys and stretch."""
        wanted = self._cut_at.union(cuts)
        known = self._sums.get(period)
        if known is None or not wanted <= known[0]:
            known = self._sums[period] = (wanted, self._added_up(period, sorted(wanted)))
        return known[1]

    def quantities(
        self, meter: str, period: Period, cuts: Sequence[datetime]
    ) -> Sequence[Quantity]:
        """Return the sums of a meter; see `UsageReader.quantities`."""
        terms = self._terms.meters[meter]
        properties = rated_properties(self._terms, meter)
        if set(properties) <= set(terms.group_keys):
            return self.sums(period, cuts)[meter]
        # The store keeps usage apart by group keys alone.
        return aggregate(terms, self.events(meter, period), period, cuts, also=properties)

    def events(self, meter: str, span: Period) -> Iterator[MeteredEvent]:
        """Yield the meter's events in order; see `UsageReader.events`."""
        name = self._terms.meters[meter].event_name
        for event_name, event in self._named(meter, span):
            if event_name == name:
                yield event

    def named(
        self, event_names: Sequence[str], span: Period, *, about: About | None = None
    ) -> Iterable[tuple[str, MeteredEvent]]:
        """
        Return the events of these names that a meter of the contract keeps, in order.

        See `UsageReader.named`.
        """
        meters = [
            code
            for code, meter in self._terms.meters.items()
            if meter.event_name in event_names and code in self._meter_ids
        ]
        return [
            (event_name, event)
            for meter in meters[:1]
            for event_name, event in self._named(meter, span, _as_stored(about))
            if event_name in event_names
        ]

    def _named(
        self, meter: str, span: Period, about: About | None = None
    ) -> Iterator[tuple[str, MeteredEvent]]:
        for stored in store.events(
            customer_id=self._customer_id,
            meter_id=self._meter_ids[meter],
            span=span,
            snapshot=self._snapshot,
            about=about,
        ):
            yield (
                stored.event_name,
                MeteredEvent(stored.occurred_at, stored.idempotency_key, properties(stored.sent)),
            )

    def _added_up(self, period: Period, cuts: Sequence[datetime]) -> _Sums:
        stored = store.aggregate(
            customer_id=self._customer_id,
            meter_ids=list(self._meter_ids.values()),
            slices=period.split(cuts),
            snapshot=self._snapshot,
        )
        combinations = {
            row.pk: tuple(sorted(row.values.items()))
            for row in DimensionSet.objects.filter(pk__in={part.dimensions_id for part in stored})
        }
        codes = {meter_id: code for code, meter_id in self._meter_ids.items()}
        found: dict[str, list[Quantity]] = {code: [] for code in self._meter_ids}
        for part in stored:
            code, dimensions = codes[part.meter_id], combinations[part.dimensions_id]
            self.combinations[code, dimensions] = part.dimensions_id
            found[code].append(Quantity(dimensions, part.slice, part.quantity, part.events))
        return found


def _as_stored(about: About | None) -> About | None:
    """Return what the store compares; nothing where that may miss some: 0.00 is a 0, too."""
    if about is None or any("0" in values for values in about.values()):
        return None
    return about


class _Body(msgspec.Struct):
    properties: dict[str, Any] | None = None


def properties(sent: str) -> Mapping[str, object]:
    """Return the properties of a stored body, numbers with every digit that they came with."""
    return _DECODER.decode(sent).properties or {}


_DECODER = msgspec.json.Decoder(_Body, float_hook=Decimal)
