"""A file with every kind of price, plan grants, a group, phases and quantities."""

from typing import Any

METER: dict[str, Any] = {
    "code": "MINUTES",
    "event_name": "call",
    "aggregation": "sum",
    "property": "minutes",
    "group_keys": ["region"],
    "unit": "minute",
}

WIDE_BOOK: dict[str, Any] = {
    "version": 1,
    "currency": "USD",
    "timezone": "America/New_York",
    "meters": [
        METER,
        {"code": "ACTIONS", "event_name": "action", "aggregation": "count", "unit": "credit"},
        {"code": "SCORE", "event_name": "rating", "aggregation": "sum", "property": "score"},
    ],
    "rate_cards": [
        {
            "code": code,
            "meter": "MINUTES",
            "on_unmatched": "quarantine",
            "versions": [
                {
                    "effective_from": "2024-01-01",
                    "entries": [{"match": {"region": "US"}, "rate": rate}],
                }
            ],
        }
        for code, rate in (("list", "0.10"), ("dear", "0.20"))
    ],
    "prices": [
        {
            "code": "fee",
            "product": "platform",
            "name": "Platform fee",
            "kind": "recurring",
            "tax_code": "SAAS",
            "amount": "100.50",
            "timing": "arrears",
            "prorate": "none",
        },
        {"code": "seats", "kind": "seat", "unit_price": 5, "section": "premium"},
        {
            "code": "lines",
            "kind": "seat",
            "model": "volume",
            "tiers": [{"up_to": 5, "unit_price": "10"}, {"unit_price": "8", "flat_fee": 1}],
        },
        {"code": "setup", "kind": "one_time", "amount": 5, "at": "start"},
        {
            "code": "minutes",
            "kind": "usage",
            "effective_to": "2025-01-01",
            "meter": "MINUTES",
            "model": "graduated",
            "tiers": [
                {"up_to": 1000, "unit_price": "0.10", "flat_fee": 5},
                {"up_to": None, "unit_price": "0.05"},
            ],
            "flat_fee_at_zero": True,
            "included": {
                "quantity": "500",
                "per": "seats",
                "period": "year",
                "pool": "minutes",
                "scope": "group",
                "rollover": {"periods": 1, "maximum": "200"},
            },
            "minimum_amount": 10,
            "maximum_amount": "1000",
            "outcome": {
                "success_event": "resolved",
                "reversal_event": ["reopened", "rejected"],
                "correlation_property": "ticket_id",
                "window_hours": 72,
            },
        },
        {
            "code": "minutes",
            "kind": "usage",
            "effective_from": "2025-01-01",
            "meter": "MINUTES",
            "model": "volume",
            "tiers": [{"unit_price": "0.04"}],
        },
        {
            "code": "card",
            "kind": "usage",
            "meter": "MINUTES",
            "model": "per_unit",
            "rate_card": "list",
        },
        {
            "code": "packs",
            "kind": "usage",
            "meter": "ACTIONS",
            "model": "package",
            "package_size": 100,
            "package_price": 3,
            "free_units": 10,
            "round": "down",
        },
        {
            "code": "share",
            "kind": "usage",
            "meter": "ACTIONS",
            "model": "percentage",
            "percent": "2.9",
            "fixed_fee": "0.30",
            "free_events": 2,
            "free_amount": 10,
            "minimum_per_event": "0.5",
            "maximum_per_event": 5,
        },
        {
            "code": "steps",
            "kind": "usage",
            "meter": "ACTIONS",
            "model": "graduated_percentage",
            "tiers": [{"up_to": 50, "percent": 2}, {"percent": 1}],
        },
        {
            "code": "cost",
            "kind": "usage",
            "meter": "ACTIONS",
            "model": "passthrough",
            "amount_property": "cost",
            "markup_percent": 20,
            "markup_fixed": "0.01",
        },
        {
            "code": "bonus",
            "kind": "performance",
            "measure": {"divide": "SCORE", "by": "ACTIONS"},
            "of": ["minutes", "fee"],
            "bands": [{"up_to": "0.8", "percent": "-5"}, {"percent": 5, "amount": 10}],
        },
    ],
    "plans": [
        {
            "code": "basic",
            "billing_period": "quarter",
            "prices": ["fee", "seats", "lines", "minutes", "packs", "bonus"],
            "minimum_commitment": 500,
            "commitment_tax_code": "SAAS",
            "grants": [
                {
                    "code": "credits",
                    "quantity": 10000,
                    "unit": "credit",
                    "kind": "prepaid",
                    "every": "period",
                    "expires_after_periods": 2,
                    "priority": 3,
                    "applies_to": ["packs"],
                },
                {"code": "gift", "amount": 5, "kind": "promotional", "currency": "EUR"},
            ],
        },
        {"code": "pro", "billing_period": "quarter", "prices": ["fee", "card", "setup"]},
    ],
    "customers": [
        {
            "external_id": "kid",
            "timezone": "America/Chicago",
            "exemptions": [
                {
                    "tax_types": ["SALES"],
                    "states": ["TX"],
                    "reason": "resale",
                    "valid_from": "2025-01-01",
                    "valid_to": "2027-01-01",
                    "percent": "50",
                },
                {"tax_types": ["USF"]},
            ],
            "jurisdiction_share": {"interstate": "0.649", "intrastate": "0.351"},
            "parent": "head",
            "bill_to_parent": True,
            "contracts": [
                {
                    "plan": "basic",
                    "start": "2024-11-01",
                    "end": "2026-11-01",
                    "anchor_date": "2024-01-15",
                    "overrides": {
                        "fee": {"amount": "90"},
                        "minutes": {"tiers": [{"unit_price": "0.01"}]},
                        "card": {
                            "fallback_rate": "1",
                            "entries": [{"match": {"region": "EU"}, "rate": "2"}],
                        },
                    },
                    "quantities": {
                        "seats": [
                            {"from": "2024-11-11", "quantity": "8"},
                            {"from": "2024-11-01", "quantity": "5"},
                        ],
                        "lines": 3,
                    },
                    "phases": [
                        {"from": "2025-06-01", "overrides": {"fee": {"amount": 80}}},
                        {
                            "from": "2025-03-01",
                            "plan": "pro",
                            "overrides": {"card": {"rate_card": "dear"}},
                        },
                    ],
                }
            ],
            "credits": [
                {"code": "pack", "quantity": "10000", "unit": "credit", "kind": "prepaid"},
                {
                    "code": "paid",
                    "quantity": 5,
                    "unit": "minute",
                    "kind": "prepaid",
                    "paid_amount": 4,
                },
            ],
        },
        {"external_id": "head"},
    ],
    "events": [],
}
