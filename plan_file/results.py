"""What a simulation finds: invoices, wallets, and the verdict on each event that is not billed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce

from invoicing.assembly.result import InvoiceResult
from invoicing.credits.drawing import Draw
from invoicing.rating.calls.rated_call import RatedCall
from invoicing.tax.interface import TaxLine
from usage.metering.quantity import Dimensions
from values.exact import EXACT
from values.money import zero
from values.number import Number
from values.period import Period


@dataclass(frozen=True)
class InvoicePart:
    """What one contract of one customer puts on an invoice, its dates read in the zone."""

    customer: str
    zone: str
    result: InvoiceResult


@dataclass(frozen=True)
class SimulatedInvoice:
    """
    An invoice of a customer.

    ``parts`` are its own contract's, then those of its children that are billed to it; the
    first gives the dates. Each part is taxed and paid by itself, the sums are of all.
    """

    customer: str
    parts: tuple[InvoicePart, ...]

    @property
    def period(self) -> Period:
        """The period of its first part."""
        return self.parts[0].result.period

    @property
    def zone(self) -> str:
        """The zone in which its own dates are read."""
        return self.parts[0].zone

    @property
    def currency(self) -> str:
        """The one currency of all parts."""
        return self.parts[0].result.currency

    @property
    def issue_date(self) -> date:
        """The date of issue."""
        return self.parts[0].result.issue_date

    @property
    def due_date(self) -> date:
        """The date by which it is to be paid."""
        return self.parts[0].result.due_date

    @property
    def taxes(self) -> tuple[TaxLine, ...]:
        """The taxes of all parts."""
        return tuple(tax for part in self.parts for tax in part.result.taxes)

    @property
    def discounts_applied(self) -> tuple[Draw, ...]:
        """The promotional credit of all parts."""
        return tuple(draw for part in self.parts for draw in part.result.discounts_applied)

    @property
    def credits_applied(self) -> tuple[Draw, ...]:
        """The prepaid credit of all parts."""
        return tuple(draw for part in self.parts for draw in part.result.credits_applied)

    @property
    def subtotal(self) -> Decimal:
        """The sum of the lines."""
        return self._sum(part.result.subtotal for part in self.parts)

    @property
    def discounts(self) -> Decimal:
        """What promotional credit takes off."""
        return self._sum(part.result.discounts for part in self.parts)

    @property
    def tax(self) -> Decimal:
        """The sum of all taxes."""
        return self._sum(part.result.tax for part in self.parts)

    @property
    def total(self) -> Decimal:
        """The subtotal without discounts, with taxes that are not inclusive."""
        return self._sum(part.result.total for part in self.parts)

    @property
    def amount_due(self) -> Decimal:
        """What is left of the total after prepaid credit."""
        return self._sum(part.result.amount_due for part in self.parts)

    def _sum(self, amounts: Iterable[Decimal]) -> Decimal:
        return reduce(EXACT.add, amounts, zero(self.currency))


@dataclass(frozen=True)
class Wallet:
    """
    A grant after all simulated invoices: an amount of its currency, or a quantity of ``unit``.

    ``effective_from`` is when a lot of a plan's grant begins, read in the zone; None for the
    grants of the customer itself.
    """

    customer: str
    zone: str
    grant: str
    currency: str
    unit: str | None
    granted: Decimal
    left: Decimal
    effective_from: datetime | None

    @property
    def used(self) -> Decimal:
        """What the invoices have drawn."""
        return EXACT.subtract(self.granted, self.left)


@dataclass(frozen=True)
class UnmatchedUsage:
    """Usage billed at a fallback rate, over all invoices of a customer."""

    customer: str
    price: str
    dimensions: Dimensions
    quantity: Number
    events: int
    hint: dict[str, str] | None


@dataclass(frozen=True)
class JudgedEvent:
    """An event that is not billed; the customer as resolved, or as sent where nobody is it."""

    customer: str
    idempotency_key: str
    event_name: str
    occurred_at: datetime


@dataclass(frozen=True)
class QuarantinedEvent(JudgedEvent):
    """An event that nobody can bill before its reason is dealt with."""

    reason: str
    price: str | None = None


@dataclass(frozen=True)
class SimulationResult:
    """All of it; ``zone`` is the document's, in which the times of its price book are read."""

    zone: str
    invoices: tuple[SimulatedInvoice, ...]
    wallets: tuple[Wallet, ...]
    unmatched: tuple[UnmatchedUsage, ...]
    quarantined: tuple[QuarantinedEvent, ...]
    unpriced: tuple[JudgedEvent, ...]
    unmetered: tuple[JudgedEvent, ...]
    conflicts: tuple[JudgedEvent, ...]
    calls: tuple[RatedCall, ...] = ()
