"""A sandbox customer of a partner: its clock, its invoices, what was sent for it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import Customer, Partner
from contracts.models import ContractMeter
from invoicing.documents.presented_lines import printed_order
from invoicing.models import Invoice, InvoiceLine, InvoiceState
from usage.models import Meter

MOST_INVOICES = 24


@dataclass(frozen=True, slots=True)
class SandboxInvoices:
    """
    The latest invoices of a sandbox customer, newest first.

    `version` changes whenever one of them does.
    """

    invoices: Sequence[Invoice]
    version: str

    @property
    def running(self) -> list[Invoice]:
        """Return the upcoming ones with something on them, the latest period first."""
        return [each for each in self.invoices if each.state == InvoiceState.UPCOMING]

    @property
    def closed(self) -> list[Invoice]:
        """Return the others: drafts, and what was issued."""
        return [each for each in self.invoices if each.state != InvoiceState.UPCOMING]


def sandboxes_of(*, partner: Partner) -> QuerySet[Customer]:
    """Return the sandbox customers that the partner may send for, by name."""
    found = partner.customers.filter(is_sandbox=True)
    return found.select_related("test_clock", "brand", "legal_entity").order_by("name", "pk")


def sandbox_of(*, partner: Partner, public_id: str) -> Customer | None:
    """Return the partner's sandbox customer with this id, None where it has no such."""
    uid = Customer.uid_of(public_id)
    return None if uid is None else sandboxes_of(partner=partner).filter(uid=uid).first()


def is_alone_on_clock(*, partner: Partner, customer: Customer) -> bool:
    """
    Return whether moving this customer's clock touches nobody else's.

    A clock may be shared by several customers, and a customer by several partners.
    """
    return (
        customer.test_clock_id is not None
        and not Customer.objects.filter(test_clock=customer.test_clock_id)
        .filter(~Q(partners=partner) | Q(partners__in=Partner.objects.exclude(pk=partner.pk)))
        .exists()
    )


def sandbox_invoices(*, customer: Customer) -> SandboxInvoices:
    """Return the customer's latest invoices and the word for how they stand."""
    found = customer.invoices.select_related("legal_entity", "customer")
    invoices = list(found.order_by("-period_start", "-pk")[:MOST_INVOICES])
    seen = "\n".join(f"{each.uid} {each.state} {each.computed_at}" for each in invoices)
    return SandboxInvoices(invoices, hashlib.sha256(seen.encode()).hexdigest()[:16])


def explained_lines(*, invoices: Sequence[Invoice], limit: int) -> list[InvoiceLine]:
    """Return at most `limit` lines of these invoices in printed order, with what explains them."""
    lines = InvoiceLine.objects.filter(invoice__in=invoices).select_related(
        "invoice__legal_entity", "invoice__customer", "meter", "dimension_set"
    )
    return list(printed_order(lines)[:limit])


def meter_to_try(*, customer: Customer) -> Meter | None:
    """Return a meter of the customer's seller, if there is one that its own contract prices."""
    priced = ContractMeter.objects.filter(customer=customer).values("meter")
    meters = Meter.objects.filter(legal_entity=customer.legal_entity_id).order_by("code")
    return meters.filter(pk__in=priced).first() or meters.first()
