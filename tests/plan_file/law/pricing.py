"""Small price books about usage and calls, and what `simulate` prints of them, line by line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.plan_file.simulated import Printed, customer, document, event, simulated

Book = dict[str, Any]
_AFTERNOON = "2026-02-03T15:00:00Z"
FINDINGS = ("unmatched", "quarantined", "unpriced", "unmetered", "conflicts")


def lines_of(text: str) -> list[str]:
    """Return the lines of a literal; one that would be too long goes on after a backslash."""
    return [" ".join(line.split()) for line in text.strip().splitlines()]


@dataclass(frozen=True)
class Rule:
    """A sentence of the format, a document that is about it, and what is printed of that."""

    sentence: str
    book: Book
    expected: str

    @property
    def wanted(self) -> list[str]:
        """The expected lines."""
        return lines_of(self.expected)


def meter(**keys: Any) -> Book:
    """Return a meter M that sums `v` of events named usage, unless it says."""
    return {
        "code": "M",
        "event_name": "usage",
        "aggregation": "sum",
        "property": "v",
        **keys,
    }


def price(**keys: Any) -> Book:
    """Return a usage price p of a dollar a unit, unless it names another model or a rate card."""
    own: Book = {"code": "p", "name": "P", "kind": "usage", "meter": "M", "model": "per_unit"}
    if keys.get("model", "per_unit") == "per_unit" and "rate_card" not in keys:
        own["unit_price"] = "1"
    return {**own, **keys}


def use(key: str, at: int | str, v: object = 1, name: str = "usage", **properties: Any) -> Book:
    """Return an event of the midnight of a day of January, or of a time."""
    time = f"2026-01-{at:02d}T00:00:00Z" if isinstance(at, int) else at
    values = properties if v is None else {"v": v, **properties}
    of = values.pop("of", "acme")
    return event(key, time, name, of, **values)


def usage(*events: Book, meters: Any = None, prices: Any = None, **sections: Any) -> Book:
    """Return a document of these events, by default with the plain meter and price."""
    return document(
        meters=_listed(meters or meter()),
        prices=_listed(prices or price()),
        events=list(events),
        **sections,
    )


def card(*entries: Book, versions: list[Book] | None = None, **keys: Any) -> list[Book]:
    """Return the rate card c of meter M, by default with one version of these entries."""
    whole = [{"effective_from": "2026-01-01", "entries": list(entries)}]
    return [{"code": "c", "meter": "M", "versions": versions or whole, **keys}]


def entry(rate: object, priority: int | None = None, **match: Any) -> Book:
    """Return an entry of a rate card."""
    return {"match": match, "rate": rate, **({} if priority is None else {"priority": priority})}


def begun(start: str, **keys: Any) -> Book:
    """Return acme with one contract from a day on; keys of a customer are lifted out."""
    of_customer: Book = {key: keys.pop(key) for key in ("timezone", "subjects") if key in keys}
    contract = {"plan": "basic", "start": start, **keys}
    return {**of_customer, "external_id": "acme", "contracts": [contract]}


def call(
    key: str, at: str | None = "2026-02-03T15:00:00Z", seconds: object = 60, **of: Any
) -> Book:
    """Return an outbound call to Seattle; a property that is None is left out."""
    given: Book = {"direction": "outbound", "to_number": "+12065550100", "answer_at": at}
    given |= {"duration_seconds": seconds, **of}
    present = {name: value for name, value in given.items() if value is not None}
    return event(key, "2026-02-03T12:00:00Z", "call", **present)


def row(rate: object = "0.06", **keys: Any) -> Book:
    """Return a row of call rates, by the minute unless it has steps."""
    return keys if "steps" in keys else {"rate_per_minute": rate, **keys}


def calls(*events: Book, rates: list[Book] | None = None, **keys: Any) -> Book:
    """Return a document with one call price and these calls."""
    customers = keys.pop("customers", None) or [customer("acme")]
    voice = {"code": "voice", "name": "Voice", "kind": "call", "meter": "CALL"}
    return document(
        meters=[{"code": "CALL", "event_name": "call", "aggregation": "count"}],
        prices=[{**voice, "rates": rates or [row()], **keys}],
        events=list(events),
        customers=customers,
    )


def told(book: Book) -> list[str]:
    """Return what is printed of a document: lines by invoice, calls, then what was found."""
    return told_of(simulated(book))


def told_of(printed: Printed) -> list[str]:
    """Return what is printed, in lines short enough to be worked out by hand."""
    found: list[str] = []
    for invoice in printed["invoices"]:
        head = f"{invoice['period_start']}..{invoice['period_end']}"
        found.append(f"{invoice['customer']} {head} {invoice['subtotal']}")
        found += [_line(line, head) for line in invoice["lines"]]
    found += [_call(each) for each in printed["calls"]]
    return found + [
        f"{name} " + " ".join(map(_word, each.values()))
        for name in FINDINGS
        for each in printed[name]
    ]


def _line(line: Printed, head: str) -> str:
    unit = f" {line['unit']}" if line["unit"] else ""
    told = f"{line['section']} '{line['description']}' {line['quantity']}{unit}"
    told += f" @{line['unit_price'] or '-'} = {line['exact_amount']} -> {line['amount']}"
    told += "" if line["events"] is None else f" of {line['events']}"
    if line["dimensions"]:
        told += " " + _word(line["dimensions"])
    if line["rate_version"]:
        told += f" v{line['rate_version']}"
    period = f"{line['period_start']}..{line['period_end']}"
    told += "" if period == head else f" in {period}"
    return told + (f" left {line['left']}" if "left" in line else "")


def _call(each: Printed) -> str:
    seconds = f"{each['raw_seconds']}/{each['billed_seconds']}/{each['bundle_seconds']}"
    told = f"{each['idempotency_key']} {each['status']} {seconds} {each['charge']}"
    if each["status"] == "rated":
        told += f" prefix '{each['prefix']}'"
    return told + (f" {_word(each['bands'])}" if each["bands"] else "")


def _word(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {each}" for name, each in value.items()) + "}"
    return value if isinstance(value, str) else json.dumps(value)


def _listed(value: Any) -> list[Book]:
    return value if isinstance(value, list) else [value]
