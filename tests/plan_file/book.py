"""A small plan file as plain values, and the one that the product ships."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from plan_file.format.document import Document

Book = dict[str, Any]
ProblemsOf = Callable[[Book], list[str]]
Parsed = Callable[[Book], Document]

EXAMPLE = Path(__file__).parents[2] / "plan_file" / "examples" / "ai-call-center.yaml"

SMALL_BOOK: Book = {
    "version": 1,
    "currency": "USD",
    "meters": [
        {
            "code": "CALLS",
            "event_name": "call",
            "aggregation": "sum",
            "property": "minutes",
            "group_keys": ["region"],
            "unit": "minute",
        }
    ],
    "rate_cards": [
        {
            "code": "rates",
            "meter": "CALLS",
            "versions": [
                {
                    "effective_from": "2024-11-01",
                    "entries": [{"match": {"region": "US"}, "rate": "0.20"}],
                }
            ],
        }
    ],
    "prices": [
        {
            "code": "call",
            "name": "Calls",
            "kind": "usage",
            "meter": "CALLS",
            "model": "per_unit",
            "rate_card": "rates",
            "fallback_rate": "0.40",
        }
    ],
    "plans": [{"code": "basic", "billing_period": "month", "prices": ["call"]}],
    "customers": [
        {"external_id": "acme", "contracts": [{"plan": "basic", "start": "2024-11-01"}]},
        {"external_id": "basil", "contracts": [{"plan": "basic", "start": "2024-11-01"}]},
    ],
    "events": [],
}
