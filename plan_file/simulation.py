"""
Rating and invoicing of a document in memory.

The quantities are made here from the events; what they cost is decided by the one
invoice function that also bills from the database. Nothing is late in a simulation.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import TypeVar

from invoicing.assembly.bill import usage_bill
from invoicing.assembly.given_usage import GivenUsage
from invoicing.assembly.invoice import assemble_invoice
from invoicing.assembly.result import InvoiceResult
from invoicing.assembly.terms import cuts, rated_properties
from invoicing.tax.unregistered import NoTaxRegistered
from plan_file.agreements import Agreement, agreements
from plan_file.format.customers import Customer
from plan_file.format.document import Document
from plan_file.format.events import Event
from plan_file.results import (
    JudgedEvent,
    SimulatedInvoice,
    SimulationResult,
    UnmatchedUsage,
    Wallet,
)
from plan_file.sorting import SortedUsage, judged, metered, quarantined, sort_usage
from usage.metering.aggregation import aggregate
from usage.metering.measurement import measure
from usage.metering.quantity import Dimensions, Quantity
from values.calendar import local_date
from values.period import Period

Judged = TypeVar("Judged", bound=JudgedEvent)


def simulate(
    document: Document,
    events: Iterable[Event] = (),
    *,
    from_date: date | None = None,
    to_date: date | None = None,
) -> SimulationResult:
    """
    Return the invoices of the document's own events and the given ones.

    Printed are the periods that begin on local dates in ``[from_date, to_date)``; all
    before are computed too. Without ``to_date`` each contract is billed through the period
    of its customer's last event, and for one period at least.
    """
    agreed = {
        customer.external_id: tuple(agreements(document, customer))
        for customer in document.customers
    }
    usage = sort_usage(document, chain(document.events, events), agreed)
    runs = [
        _Run(customer, agreed[customer.external_id], usage, from_date, to_date)
        for customer in document.customers
    ]
    for run in runs:
        run.bill()
    return SimulationResult(
        zone=document.timezone,
        invoices=tuple(invoice for run in runs for invoice in run.invoices),
        wallets=tuple(wallet for run in runs for wallet in run.wallets()),
        unmatched=tuple(found for run in runs for found in run.unmatched.values()),
        quarantined=_in_order(usage.quarantined),
        unpriced=_in_order(usage.unpriced),
        unmetered=_in_order(usage.unmetered),
        conflicts=_in_order(usage.conflicts),
    )


def _in_order(events: Iterable[Judged]) -> tuple[Judged, ...]:
    return tuple(sorted(events, key=lambda event: (event.occurred_at, event.idempotency_key)))


@dataclass(frozen=True)
class _Bill:
    """A period of a contract that is to be invoiced; its place makes the order stable."""

    issue_date: date
    place: int
    period: Period


class _Run:
    """The invoices of one customer in the order of issue, which is that of drawing its credit."""

    def __init__(
        self,
        customer: Customer,
        agreed: Sequence[Agreement],
        usage: SortedUsage,
        from_date: date | None,
        to_date: date | None,
    ) -> None:
        self.customer = customer
        self.name = customer.external_id
        self.agreed = agreed
        self.usage = usage
        self.from_date = from_date
        self.to_date = to_date
        self.grants = [credit.balance() for credit in customer.credits]
        self.invoices: list[SimulatedInvoice] = []
        self.unmatched: dict[object, UnmatchedUsage] = {}

    def bill(self) -> None:
        """Assemble every invoice."""
        bills = [
            _Bill(agreement.issue_date(period), place, period)
            for place, agreement in enumerate(self.agreed)
            for period in self._periods(agreement)
        ]
        for bill in sorted(
            bills, key=lambda bill: (bill.issue_date, bill.place, bill.period.start)
        ):
            result = self._assemble(bill)
            self._draw(result)
            if self._is_printed(bill.period):
                self._report(bill, result)

    def wallets(self) -> Iterator[Wallet]:
        """Yield what is left of each grant."""
        for credit, grant in zip(self.customer.credits, self.grants, strict=True):
            yield Wallet(self.name, credit.code, credit.currency, credit.amount, grant.left)

    def _periods(self, agreement: Agreement) -> Iterator[Period]:
        last_at = self.usage.last_at.get(self.name)
        periods = agreement.calendar.periods_from(agreement.contract.start)
        for number, period in enumerate(periods):
            if self.to_date is not None:
                billed = local_date(period.start, self.customer.timezone) < self.to_date
            else:
                billed = number == 0 or (last_at is not None and period.start <= last_at)
            if not billed:
                return
            yield period

    def _is_printed(self, period: Period) -> bool:
        begins = local_date(period.start, self.customer.timezone)
        return self.from_date is None or self.from_date <= begins

    def _events(self, place: int, meter: str, period: Period) -> Sequence[Event]:
        usage = self.usage.usage.get((self.name, place, meter))
        return usage.within(period) if usage else ()

    def _assemble(self, bill: _Bill) -> InvoiceResult:
        agreement = self.agreed[bill.place]
        terms = agreement.terms
        sliced_at = cuts(terms, self.grants, bill.period)
        quantities = {
            code: aggregate(
                meter,
                map(metered, self._events(bill.place, code, bill.period)),
                bill.period,
                sliced_at,
                also=rated_properties(terms, code),
            )
            for code, meter in terms.meters.items()
        }
        return assemble_invoice(
            terms=terms,
            bill=usage_bill(
                bill.period,
                issue_date=bill.issue_date,
                due_date=agreement.due_date(bill.issue_date),
            ),
            usage=GivenUsage(quantities),
            grants=self.grants,
            tax=NoTaxRegistered(),
        )

    def _draw(self, result: InvoiceResult) -> None:
        drawn: dict[str, Decimal] = {}
        for draw in (*result.discounts_applied, *result.credits_applied):
            drawn[draw.grant.code] = drawn.get(draw.grant.code, Decimal(0)) + draw.amount
        self.grants = [
            replace(grant, left=grant.left - drawn.get(grant.code, Decimal(0)))
            for grant in self.grants
        ]

    def _report(self, bill: _Bill, result: InvoiceResult) -> None:
        if result.lines:
            self.invoices.append(SimulatedInvoice(self.name, self.customer.timezone, result))
        for usage in result.unmatched:
            hint = tuple(sorted(usage.hint.items())) if usage.hint else None
            key = (usage.price, usage.dimensions, hint)
            earlier = self.unmatched.get(key)
            self.unmatched[key] = UnmatchedUsage(
                customer=self.name,
                price=usage.price,
                dimensions=usage.dimensions,
                quantity=usage.quantity + (earlier.quantity if earlier else Decimal(0)),
                events=usage.events + (earlier.events if earlier else 0),
                hint=usage.hint,
            )
        terms = self.agreed[bill.place].terms
        meters = {price.code: price.meter for price in terms.prices}
        for held in result.quarantined:
            for event in self._behind(bill, meters[held.price], held.slices):
                self.usage.quarantined.append(
                    quarantined(event, self.name, held.reason.value, held.price)
                )
        for unpriced in result.unpriced:
            for event in self._behind(bill, unpriced.meter, unpriced.slices):
                self.usage.unpriced.append(judged(event, self.name))

    def _behind(self, bill: _Bill, meter_code: str, slices: Sequence[Quantity]) -> Iterator[Event]:
        """Yield the events that make the quantities."""
        terms = self.agreed[bill.place].terms
        also = rated_properties(terms, meter_code)
        periods: dict[Dimensions, list[Period]] = {}
        for quantity in slices:
            periods.setdefault(quantity.dimensions, []).append(quantity.period)
        for event in self._events(bill.place, meter_code, bill.period):
            measured = measure(terms.meters[meter_code], event.properties, also=also)
            dimensions = tuple(sorted(measured.dimensions.items()))
            if any(period.contains(event.occurred_at) for period in periods.get(dimensions, ())):
                yield event
