"""The law of the format: what `simulate` prints is what is billed."""

import json
from datetime import UTC, datetime
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
from tests.plan_file.stored_invoices import stored_invoices, stored_unmatched, stored_wallets
from usage.models import Source

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 3, 21, 12, 0, tzinfo=UTC)


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
    printed = as_json(simulate(document))
    return {key: printed[key] for key in ("invoices", "wallets", "unmatched")}


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


def _call(number: int, customer: str, occurred_at: str, **properties: Any) -> dict[str, Any]:
    return {
        "idempotency_key": f"call-{number}",
        "event_name": "call",
        "customer": customer,
        "occurred_at": occurred_at,
        "properties": properties,
    }


BUSY_BOOK = {
    "version": 1,
    "currency": "EUR",
    "timezone": "Europe/Berlin",
    "invoice_rounding": "half_even",
    "seller": {"name": "Nordwind", "country": "DE"},
    "meters": [
        {
            "code": "MINUTES",
            "event_name": "call",
            "aggregation": "sum",
            "property": "minutes",
            "group_keys": ["region", "outcome"],
            "unit": "minute",
        },
        {"code": "CALLS", "event_name": "call", "aggregation": "count", "unit": "call"},
    ],
    "rate_cards": [
        {
            "code": "rates",
            "meter": "MINUTES",
            "versions": [
                {
                    "effective_from": "2024-01-01",
                    "effective_to": "2025-01-15",
                    "entries": [
                        {"match": {"region": "EU", "outcome": "won"}, "rate": "0.2"},
                        {"match": {"region": "EU", "outcome": "*"}, "rate": "0.35"},
                        {"match": {"region": "EU", "outcome": None}, "rate": "0.125"},
                        {"match": {"region": ["US", "CA"]}, "rate": "0.333333333333"},
                    ],
                },
                {
                    "effective_from": "2025-01-15",
                    "entries": [{"match": {"region": "EU"}, "rate": "0.9"}],
                },
            ],
        }
    ],
    "prices": [
        {
            "code": "minutes",
            "name": "Minutes",
            "kind": "usage",
            "meter": "MINUTES",
            "model": "per_unit",
            "rate_card": "rates",
            "fallback_rate": "0.015",
        },
        *(
            {
                "code": "calls",
                "name": "Calls",
                "kind": "usage",
                "meter": "CALLS",
                "model": "per_unit",
                "section": "premium",
                **version,
            }
            for version in (
                {"effective_to": "2025-01-20T09:30:00Z", "unit_price": "0.05"},
                {"effective_from": "2025-01-20T09:30:00Z", "unit_price": "0.0755"},
            )
        ),
    ],
    "plans": [
        {
            "code": "busy",
            "billing_period": "month",
            "net_terms_days": 14,
            "grace_hours": 24,
            "prices": ["calls", "minutes"],
        }
    ],
    "customers": [
        {
            "external_id": "acme",
            "timezone": "America/New_York",
            "contracts": [
                {
                    "plan": "busy",
                    "start": "2025-01-03",
                    "end": "2026-01-01",
                    "anchor_day": 31,
                    "overrides": {
                        "minutes": {
                            "fallback_rate": "0.5",
                            "entries": [
                                {"match": {"region": "EU", "outcome": "won"}, "rate": "0.19"}
                            ],
                        }
                    },
                }
            ],
            "credits": [
                {
                    "code": "promo",
                    "kind": "promotional",
                    "amount": "1.00",
                    "expires_at": "2025-01-18",
                    "applies_to": ["minutes"],
                },
                {"code": "prepaid", "kind": "prepaid", "amount": "2.37", "priority": 10},
                {"code": "rest", "kind": "prepaid", "amount": "100.00", "paid_amount": "80.00"},
            ],
        },
        {
            "external_id": "basil",
            "timezone": "Asia/Tokyo",
            "contracts": [{"plan": "busy", "start": "2025-01-01"}],
        },
    ],
    "events": [
        _call(1, "acme", "2025-01-05T10:00:00Z", region="EU", outcome="won", minutes="3.5"),
        _call(2, "acme", "2025-01-05T11:00:00Z", region="EU", outcome="lost", minutes="1.25"),
        _call(3, "acme", "2025-01-14T23:30:00Z", region="EU", minutes="7"),
        _call(4, "acme", "2025-01-14T22:30:00Z", region="CA", outcome="won", minutes="10"),
        _call(5, "acme", "2025-01-17T22:30:00Z", region="EU", outcome="won", minutes="2"),
        _call(6, "acme", "2025-01-20T09:30:00Z", region="eu", outcome="won", minutes="11"),
        _call(7, "acme", "2025-01-25T09:30:00Z", region="EU", outcome="lost", minutes="4"),
        _call(8, "acme", "2025-02-02T09:30:00Z", region="EU", outcome="won", minutes="6"),
        _call(9, "basil", "2025-01-12T09:30:00Z", region="US", minutes="0.5"),
        _call(10, "basil", "2025-01-31T14:59:59Z", region="EU", minutes="0.1"),
    ],
}
