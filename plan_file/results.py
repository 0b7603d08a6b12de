"""What a simulation finds: invoices, wallets, and the verdict on each event that is not billed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from invoicing.assembly.result import InvoiceResult
from usage.metering.quantity import Dimensions


@dataclass(frozen=True)
class SimulatedInvoice:
    """An invoice of a customer, whose dates are read in the zone."""

    customer: str
    zone: str
    result: InvoiceResult


@dataclass(frozen=True)
class Wallet:
    """A grant after all simulated invoices, in amounts of its currency."""

    customer: str
    grant: str
    currency: str
    granted: Decimal
    left: Decimal

    @property
    def used(self) -> Decimal:
        """What the invoices have drawn."""
        return self.granted - self.left


@dataclass(frozen=True)
class UnmatchedUsage:
    """Usage billed at a fallback rate, over all invoices of a customer."""

    customer: str
    price: str
    dimensions: Dimensions
    quantity: Decimal
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
