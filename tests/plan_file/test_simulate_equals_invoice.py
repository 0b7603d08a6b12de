"""The law of the format: what `simulate` prints is what is billed."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Customer, KeyMode, LegalEntity, TaxRegistration
from invoicing.operations.refresh_customer import refresh_customer
from plan_file.format.document import Document
from plan_file.format.reading import read_document
from plan_file.operations.apply_plan_file import apply_plan_file
from plan_file.output.json_text import as_json
from plan_file.simulation import simulate
from tests import factories
from tests.plan_file.book import EXAMPLE
from tests.plan_file.busy_book import BUSY_BOOK
from tests.plan_file.law_books import LAW_BOOKS
from tests.plan_file.stored_invoices import stored_invoices, stored_unmatched, stored_wallets
from usage.models import Source

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 3, 21, 12, 0, tzinfo=UTC)
# The running period and the next have their upcoming invoices.
AHEAD = date(2025, 5, 1)


def billed(document: Document) -> dict[str, Any]:
    """Apply the document, send its events as a partner would, and return what is billed."""
    apply_plan_file(document=document, now=NOW)
    LegalEntity.objects.update(tax_registration=TaxRegistration.NONE)
    callwave = factories.partner(*Customer.objects.all())
    source = Source.objects.create(partner=callwave, mode=KeyMode.LIVE)
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
    outcomes = factories.accepted(source, bodies, now=NOW)
    assert {outcome.status for outcome in outcomes} == {"accepted"}
    for customer in Customer.objects.all():
        assert refresh_customer(customer_id=customer.pk, now=NOW)
    return {
        "invoices": stored_invoices(document.timezone),
        "wallets": stored_wallets(),
        "unmatched": stored_unmatched(),
    }


def simulated(document: Document) -> dict[str, Any]:
    """Return what `simulate` prints of the same."""
    printed: Any = as_json(simulate(document, to_date=AHEAD))
    return {
        "invoices": printed["invoices"],
        "wallets": sorted(
            printed["wallets"],
            key=lambda lot: (lot["customer"], lot["grant"], lot.get("effective_from", "")),
        ),
        "unmatched": printed["unmatched"],
    }


def test_the_worked_example_is_billed_as_simulated() -> None:
    document = read_document(EXAMPLE)

    bills = billed(document)

    assert bills == simulated(document)
    assert [(line["amount"], line["quantity"]) for line in bills["invoices"][0]["lines"]] == [
        *(("2.60", "13"), ("4.80", "12"), ("1.50", "6")),
        *(("11.25", "15"), ("1.20", "4")),
    ]
    assert bills["wallets"][0]["left"] == "9978.65"


def test_versions_overrides_and_grants_that_change_inside_a_period_are_billed_as_simulated(
    tmp_path: Path,
) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(BUSY_BOOK), encoding="utf-8")
    document = read_document(path)

    bills = billed(document)

    assert bills == simulated(document)
    assert len(bills["invoices"]) == 3
    assert bills["invoices"][0]["discounts_applied"] != []
    assert bills["invoices"][0]["credits_applied"] != []


@pytest.mark.parametrize("name", LAW_BOOKS)
def test_every_kind_of_price_is_billed_as_simulated(name: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(LAW_BOOKS[name]), encoding="utf-8")
    document = read_document(path)

    bills = billed(document)

    assert bills == simulated(document)
