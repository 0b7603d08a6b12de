"""Invoices to print: the worked example by the operations, others row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from accounts.models import Address, Brand, Customer, LegalEntity
from invoicing.models import (
    CreditApplication,
    Grant,
    Invoice,
    InvoiceLine,
    InvoiceState,
    InvoiceTaxLine,
)
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make

DECEMBER_2 = datetime(2024, 12, 2, tzinfo=UTC)


def upcoming_example() -> Invoice:
    """Return Acme's upcoming invoice of November with its five lines, paid by credit."""
    acme = make.acme()
    contract = make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    return Invoice.objects.get(contract=contract, period_start=contract.starts_at)


def issued_example() -> Invoice:
    """Return the same invoice, issued."""
    invoice = upcoming_example()
    clock = invoice.customer.test_clock
    assert clock is not None
    clock.now_at = DECEMBER_2
    clock.save()
    bill_customer(customer_id=invoice.customer_id, as_of=make.NOW)
    return Invoice.objects.get(pk=invoice.pk)


@dataclass(frozen=True)
class Row:
    """A line to be: its amount is given, not rated."""

    amount: str
    description: str = "AI Calls - US / resolved"
    section: str = "usage"
    quantity: str = "1"
    unit: str = ""
    unit_price: str | None = None
    period_start: datetime | None = None
    events: int | None = None
    left: str | None = None
    trace: dict[str, Any] = field(default_factory=dict)


def basil_with_address(name: str = "Basil's Bakery", **fields: Any) -> Customer:
    """Return Basil's Bakery, which lives in New York."""
    basil = make.customer("basil", name, timezone="America/New_York", **fields)
    Address.objects.create(
        customer=basil,
        kind="billing",
        line_1="7 Crumb Lane",
        city="New York",
        state="NY",
        postal_code="10001",
        country="US",
    )
    return basil


def draft_of(
    rows: Sequence[Row],
    *,
    buyer: Customer | None = None,
    currency: str = "USD",
    taxes: Sequence[tuple[str, str, str]] = (),
    discount: tuple[Grant, str] | None = None,
) -> Invoice:
    """
    Return a draft of November with these lines.

    Taxes are label, base and amount; a discount is a promotional grant and what it pays.
    """
    basil = buyer or basil_with_address()
    contract = make.contract(basil, activated=False)
    subtotal = sum((Decimal(row.amount) for row in rows), Decimal(0))
    tax = sum((Decimal(amount) for _, _, amount in taxes), Decimal(0))
    off = Decimal(discount[1]) if discount else Decimal(0)
    total = subtotal - off + tax
    draft = Invoice.objects.create(
        legal_entity=basil.legal_entity,
        brand=basil.brand,
        customer=basil,
        contract=contract,
        state=InvoiceState.DRAFT,
        period_start=datetime(2024, 11, 1, 4, tzinfo=UTC),
        period_end=datetime(2024, 12, 1, 5, tzinfo=UTC),
        closes_at=datetime(2024, 12, 1, 5, tzinfo=UTC),
        issue_date=date(2024, 12, 1),
        due_date=date(2024, 12, 31),
        computed_at=DECEMBER_2,
        currency=currency,
        subtotal=subtotal,
        discounts=off,
        tax=tax,
        total=total,
        amount_due=total,
    )
    for position, row in enumerate(rows, start=1):
        _line(draft, position, row)
    for position, (label, base, amount) in enumerate(taxes, start=1):
        InvoiceTaxLine.objects.create(
            invoice=draft,
            position=position,
            rule="rule",
            label=label,
            base=Decimal(base),
            rate=Decimal(0),
            amount=Decimal(amount),
            currency=currency,
        )
    if discount:
        CreditApplication.objects.create(
            invoice=draft, grant=discount[0], position=1, amount=off, currency=currency
        )
    return draft


def issued(draft: Invoice) -> Invoice:
    """Return the draft issued as it is, with the names of now."""
    draft.state = InvoiceState.ISSUED
    draft.number = "INV-2024-000007"
    draft.issued_at = DECEMBER_2
    draft.seller_snapshot = {"name": "Northwind Voice", "country": "US"}
    draft.buyer_snapshot = {
        "name": draft.customer.name,
        "external_id": draft.customer.external_id,
        "email": draft.customer.email,
        "vat_id": "",
        "address": None,
    }
    draft.save()
    return draft


def _line(draft: Invoice, position: int, row: Row) -> None:
    InvoiceLine.objects.create(
        uid=uuid4(),
        invoice=draft,
        position=position,
        section=row.section,
        price="ai-call",
        description=row.description,
        quantity=Decimal(row.quantity),
        unit=row.unit,
        unit_price=None if row.unit_price is None else Decimal(row.unit_price),
        exact_amount=Decimal(row.amount),
        amount=Decimal(row.amount),
        currency=draft.currency,
        events=row.events,
        left=None if row.left is None else Decimal(row.left),
        trace=row.trace,
        period_start=row.period_start or draft.period_start,
        period_end=draft.period_end,
    )


def seller(**fields: Any) -> LegalEntity:
    """Return the seller changed."""
    make.brand(make.northwind())
    LegalEntity.objects.filter(code="northwind").update(**fields)
    return LegalEntity.objects.get(code="northwind")


def brand(**fields: Any) -> Brand:
    """Return the seller's brand changed."""
    made = make.brand()
    Brand.objects.filter(pk=made.pk).update(**fields)
    return Brand.objects.get(pk=made.pk)
