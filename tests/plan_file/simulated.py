"""Documents of a few lines, simulated as the command would print them."""

import json
from collections.abc import Iterable
from typing import Any

from plan_file.format.events import Event
from plan_file.format.reading import parse_document
from plan_file.output.json_text import json_text
from plan_file.simulation import simulate

Printed = dict[str, Any]


def document(**sections: Any) -> dict[str, Any]:
    """Return a document in dollars with one plan by the month of all prices, unless it says."""
    book: dict[str, Any] = {"version": 1, "currency": "USD", **sections}
    codes = list(dict.fromkeys(price["code"] for price in book.get("prices", [])))
    book.setdefault("plans", [{"code": "basic", "prices": codes}])
    book.setdefault("customers", [customer("acme")])
    return book


def customer(name: str, start: str = "2026-01-01", **keys: Any) -> dict[str, Any]:
    """Return a customer with a contract on the plan; keys of a contract go into that."""
    of_contract = ("plan", "end", "quantities", "phases", "overrides", "anchor_date")
    contract = {key: keys.pop(key) for key in of_contract if key in keys}
    return {
        "external_id": name,
        "contracts": [{"plan": "basic", "start": start, **contract}],
        **keys,
    }


def event(key: str, at: str, name: str = "usage", of: str = "acme", **properties: Any) -> Printed:
    """Return an event as a document states it."""
    return {
        "idempotency_key": key,
        "event_name": name,
        "customer": of,
        "occurred_at": at,
        "properties": properties,
    }


def simulated(book: dict[str, Any], events: Iterable[Event] = (), **dates: Any) -> Printed:
    """Return what `simulate` prints of a document."""
    result = simulate(parse_document(json.dumps(book), name="plan.json"), events, **dates)
    printed: Printed = json.loads(json_text(result))
    return printed


def lines(printed: Printed, *keys: str) -> list[list[tuple[Any, ...]]]:
    """Return the values of these keys of each line, by invoice."""
    return [
        [tuple(line.get(key) for key in keys) for line in invoice["lines"]]
        for invoice in printed["invoices"]
    ]
