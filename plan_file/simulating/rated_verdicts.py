"""What rating could not bill as intended, collected over the invoices of a customer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from invoicing.assembly.result import InvoiceResult
from invoicing.assembly.terms import rated_properties
from invoicing.rating.lines import Quarantined
from invoicing.rating.price import PriceTerms
from plan_file.results import QuarantinedEvent, UnmatchedUsage
from plan_file.simulating.contract_usage import ContractUsage
from usage.metering.measurement import measure
from usage.metering.quantity import Dimensions, MeteredEvent
from values.number import plus
from values.period import Period

ALL_TIME = Period(datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 1, tzinfo=UTC))


class UnmatchedReport:
    """Usage billed at fallback rates, one row for each price, combination and hint."""

    def __init__(self) -> None:
        self._rows: dict[object, UnmatchedUsage] = {}

    def add(self, customer: str, result: InvoiceResult) -> None:
        """Add what an invoice of the customer has."""
        for usage in result.unmatched:
            hint = tuple(sorted(usage.hint.items())) if usage.hint else None
            key = (customer, usage.price, usage.dimensions, hint)
            earlier = self._rows.get(key)
            self._rows[key] = UnmatchedUsage(
                customer=customer,
                price=usage.price,
                dimensions=usage.dimensions,
                quantity=plus(usage.quantity, earlier.quantity) if earlier else usage.quantity,
                events=usage.events + (earlier.events if earlier else 0),
                hint=usage.hint,
            )

    @property
    def rows(self) -> tuple[UnmatchedUsage, ...]:
        """The rows in the order in which they were first found."""
        return tuple(self._rows.values())


def quarantined_events(result: InvoiceResult, usage: ContractUsage) -> Iterator[QuarantinedEvent]:
    """Yield the events behind what an invoice holds back, each with the price and the reason."""
    for held in result.quarantined:
        price = usage.agreement.price(held.price)
        found = (
            _by_key(held, price, result.period, usage) if held.keys else _behind(held, price, usage)
        )
        for name, event in found:
            yield QuarantinedEvent(
                customer=usage.customer,
                idempotency_key=event.key,
                event_name=name,
                occurred_at=event.occurred_at,
                reason=held.reason.value,
                price=held.price,
            )


def _by_key(
    held: Quarantined, price: PriceTerms, period: Period, usage: ContractUsage
) -> Iterator[tuple[str, MeteredEvent]]:
    keys = set(held.keys)
    rules = [version.outcome for version in price.versions if version.outcome is not None]
    if rules:
        names = {name for rule in rules for name in (rule.success_event, *rule.reversal_events)}
        candidates: Iterator[tuple[str, MeteredEvent]] = usage.named(sorted(names), ALL_TIME)
    else:
        meter = usage.agreement.terms.meters[price.meter or ""]
        events = usage.events(meter.code, period)
        candidates = ((meter.event_name, event) for event in events)
    return ((name, event) for name, event in candidates if event.key in keys)


def _behind(
    held: Quarantined, price: PriceTerms, usage: ContractUsage
) -> Iterator[tuple[str, MeteredEvent]]:
    """Yield the events that make the quantities held back."""
    terms = usage.agreement.terms
    meter = terms.meters[price.meter or ""]
    also = rated_properties(terms, meter.code)
    periods: dict[Dimensions, list[Period]] = {}
    for quantity in held.slices:
        periods.setdefault(quantity.dimensions, []).append(quantity.period)
    for span in sorted({period for spans in periods.values() for period in spans}):
        for event in usage.events(meter.code, span):
            measured = measure(meter, event.properties, at=event.occurred_at, also=also)
            dimensions = tuple(sorted(measured.dimensions.items()))
            if span in periods.get(dimensions, ()):
                yield meter.event_name, event
