"""A file in which rates, prices and grants change inside a period, in three zones."""

from typing import Any


def _call(number: int, customer: str, occurred_at: str, **properties: Any) -> dict[str, Any]:
    return {
        "idempotency_key": f"call-{number}",
        "event_name": "call",
        "customer": customer,
        "occurred_at": occurred_at,
        "properties": properties,
    }


BUSY_BOOK: dict[str, Any] = {
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
                {"code": "prepaid", "kind": "prepaid", "amount": "2.37", "priority": 10},
                {
                    "code": "promo",
                    "kind": "promotional",
                    "amount": "1.00",
                    "expires_at": "2025-01-18",
                    "applies_to": ["minutes"],
                },
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
