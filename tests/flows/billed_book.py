"""A plan file brought to its invoices by the product's own operations."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from accounts.models import Customer, KeyMode, LegalEntity, TaxRegistration
from invoicing.operations.bill_customer import Billed, bill_customer
from invoicing.operations.refresh_customer import refresh_customer
from plan_file.format.reading import read_document
from plan_file.operations.apply_plan_file import apply_plan_file
from tests import factories
from usage.models import Source


def stored_book(tree: dict[str, Any], folder: Path, *, now: datetime) -> Customer:
    """Apply a document of one customer, send its events, and return the customer."""
    path = folder / "plan.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    document = read_document(path)
    apply_plan_file(document=document, now=now)
    LegalEntity.objects.update(tax_registration=TaxRegistration.NONE)
    customer = Customer.objects.get()
    if document.events:
        source = Source.objects.create(partner=factories.partner(customer), mode=KeyMode.LIVE)
        bodies = [
            {
                "customer_id": event.customer,
                "event_name": event.event_name,
                "idempotency_key": event.idempotency_key,
                "occurred_at": event.occurred_at.isoformat(),
                "properties": dict(event.properties),
            }
            for event in document.events
        ]
        factories.accepted(source, bodies, now=now)
    refresh_customer(customer_id=customer.pk, now=now)
    return customer


def billed_to(customer: Customer, *, now: datetime) -> Billed:
    """Issue everything that is due, and bring what lies ahead up to date."""
    billed = bill_customer(customer_id=customer.pk, as_of=now)
    refresh_customer(customer_id=customer.pk, now=now)
    return billed
