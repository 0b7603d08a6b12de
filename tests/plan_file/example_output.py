"""What the example comes to, as the format prints it."""


def _line(
    region: str, outcome: str, quantity: str, rate: str, exact: str, amount: str, events: int
) -> dict[str, object]:
    return {
        "section": "usage",
        "price": "ai-call",
        "description": f"AI Calls - {region} / {outcome}",
        "dimensions": {"region": region, "call_outcome": outcome},
        "quantity": quantity,
        "unit": "minute",
        "unit_price": rate,
        "exact_amount": exact,
        "amount": amount,
        "events": events,
        "rate_version": "2024-11-01",
        "period_start": "2024-11-01",
        "period_end": "2024-12-01",
    }


EXPECTED = {
    "invoices": [
        {
            "customer": "acme",
            "period_start": "2024-11-01",
            "period_end": "2024-12-01",
            "issue_date": "2024-12-01",
            "due_date": "2025-01-15",
            "currency": "USD",
            "lines": [
                _line("US", "resolved", "13", "0.2", "2.6", "2.60", 2),
                _line("US", "transferred", "12", "0.4", "4.8", "4.80", 1),
                _line("EU", "resolved", "6", "0.25", "1.5", "1.50", 1),
                _line("EU", "escalated", "15", "0.75", "11.25", "11.25", 1),
                _line("APAC", "resolved", "4", "0.3", "1.2", "1.20", 1),
            ],
            "subtotal": "21.35",
            "discounts": "0.00",
            "taxes": [],
            "tax": "0.00",
            "total": "21.35",
            "discounts_applied": [],
            "credits_applied": [{"grant": "grant-1", "amount": "21.35"}],
            "amount_due": "0.00",
        },
        {
            "customer": "basil",
            "period_start": "2024-11-01",
            "period_end": "2024-12-01",
            "issue_date": "2024-12-01",
            "due_date": "2024-12-01",
            "currency": "USD",
            "lines": [_line("us", "resolved", "2", "0.4", "0.8", "0.80", 1)],
            "subtotal": "0.80",
            "discounts": "0.00",
            "taxes": [],
            "tax": "0.00",
            "total": "0.80",
            "discounts_applied": [],
            "credits_applied": [],
            "amount_due": "0.80",
        },
    ],
    "calls": [],
    "wallets": [
        {
            "customer": "acme",
            "grant": "grant-1",
            "granted": "10000.00",
            "used": "21.35",
            "left": "9978.65",
        }
    ],
    "stopped": [],
    "unmatched": [
        {
            "customer": "basil",
            "price": "ai-call",
            "dimensions": {"region": "us", "call_outcome": "resolved"},
            "quantity": "2",
            "events": 1,
            "hint": {"region": "US"},
        }
    ],
    "quarantined": [],
    "unpriced": [],
    "unmetered": [],
    "conflicts": [],
}
