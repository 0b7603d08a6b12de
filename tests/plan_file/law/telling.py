"""What `simulate` prints of a small document, in lines short enough to be worked out by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from textwrap import dedent
from typing import Any

from plan_file.format.reading import parse_document
from plan_file.output.json_text import json_text
from plan_file.simulation import simulate

_FURTHER = {"events": "events", "since": "rate_version", "left": "left", "customer": "customer"}


@dataclass(frozen=True)
class Case:
    """
    A sentence of the format, a document that is about it, and what is printed of that.

    `events` are one a line: key, name, time, then properties as ``name=value``; ``of=`` names
    another customer than acme.
    """

    sentence: str
    book: str
    expected: str
    events: str = ""
    from_date: date | None = None
    to_date: date | None = None

    @property
    def wanted(self) -> list[str]:
        """The expected lines."""
        return dedent(self.expected).strip().splitlines()


def told(case: Case) -> list[str]:
    """Return the lines that the case's document comes to."""
    book = dedent(case.book)
    currency = "" if book.startswith("\ncurrency:") else "currency: USD\n"
    text = f"version: 1\n{currency}{book}"
    listed = [_event(line) for line in case.events.strip().splitlines()]
    if listed:
        text += f"\nevents: {json.dumps(listed)}\n"
    document = parse_document(text, name="plan.yaml")
    result = simulate(document, from_date=case.from_date, to_date=case.to_date)
    return _lines(json.loads(json_text(result)))


def _event(line: str) -> dict[str, Any]:
    key, name, at, *properties = line.split()
    values = dict(each.split("=", 1) for each in properties)
    customer = values.pop("of", "acme")
    return {
        "idempotency_key": key,
        "event_name": name,
        "customer": customer,
        "occurred_at": at if "T" not in at or at[-1] == "Z" or "+" in at else f"{at}Z",
        "properties": values,
    }


def _lines(printed: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for invoice in printed["invoices"]:
        found += _invoice(invoice)
    found += [_wallet(wallet) for wallet in printed["wallets"]]
    for name in ("unmatched", "quarantined", "unpriced", "unmetered", "conflicts"):
        found += [f"{name} " + " ".join(map(_word, row.values())) for row in printed[name]]
    return found


def _invoice(invoice: dict[str, Any]) -> list[str]:
    head = f"{invoice['customer']} {_period(invoice)} issued {invoice['issue_date']}"
    if invoice["due_date"] != invoice["issue_date"]:
        head += f" due {invoice['due_date']}"
    sums = f"  = {invoice['subtotal']}"
    for name in ("discounts_applied", "credits_applied"):
        for draw in invoice[name]:
            units = f" ({draw['quantity']})" if "quantity" in draw else ""
            sums += f" - {draw['grant']} {draw['amount']}{units}"
        if name == "discounts_applied":
            sums += f" => {invoice['total']}"
    return [head, *map(_line, invoice["lines"]), f"{sums} due {invoice['amount_due']}"]


def _line(line: dict[str, Any]) -> str:
    parts = [line["section"], line["price"] or "-"]
    parts += [f"{name}:{value}" for name, value in line["dimensions"].items()]
    parts += [line["quantity"], *([line["unit"]] if line["unit"] else [])]
    parts += [f"x {line['unit_price'] or '-'} = {line['exact_amount']} -> {line['amount']}"]
    parts += [_period(line)]
    for word, key in _FURTHER.items():
        if line.get(key) is not None:
            parts.append(f"{word}={line[key]}")
    return "  " + " ".join(parts)


def _period(dated: dict[str, Any]) -> str:
    return f"{dated['period_start']}..{dated['period_end']}"


def _wallet(wallet: dict[str, Any]) -> str:
    sizes = f"{wallet['granted']} - {wallet['used']} = {wallet['left']}"
    more = [wallet[key] for key in ("unit", "effective_from") if key in wallet]
    return " ".join(["wallet", wallet["customer"], wallet["grant"], sizes, *more])


def _word(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
