"""A simulation as JSON: its keys and their order are an interface, versioned by the document."""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from invoicing.credits.drawing import Draw
from invoicing.rating.calls.rated_call import CallStatus, RatedCall
from invoicing.rating.lines import Line
from invoicing.tax.interface import TaxLine
from plan_file.output.numbers import number_text, wallet_text
from plan_file.results import (
    InvoicePart,
    JudgedEvent,
    QuarantinedEvent,
    SimulatedInvoice,
    SimulationResult,
    UnmatchedUsage,
    Wallet,
)
from values.calendar import date_or_time
from values.exact import plain
from values.money import money_text
from values.period import Period


def json_text(result: SimulationResult) -> str:
    """Return the simulation as indented JSON that ends with a newline."""
    return json.dumps(as_json(result), indent=2, ensure_ascii=False) + "\n"


def as_json(result: SimulationResult) -> dict[str, object]:
    """Return the simulation in values that JSON has; numbers that may be unwhole are text."""
    return {
        "invoices": [_invoice(invoice, result.zone) for invoice in result.invoices],
        "calls": [call_as_json(call) for call in result.calls],
        "wallets": [_wallet(wallet) for wallet in result.wallets],
        "stopped": [],
        "unmatched": [_unmatched(usage) for usage in result.unmatched],
        "quarantined": [_quarantined(event) for event in result.quarantined],
        "unpriced": [_event(event) for event in result.unpriced],
        "unmetered": [_event(event) for event in result.unmetered],
        "conflicts": [_event(event) for event in result.conflicts],
    }


class CallRow(msgspec.Struct, gc=False):
    """A rated call as it is printed; a struct, because a file has millions of them."""

    idempotency_key: str
    status: CallStatus
    prefix: str | None
    raw_seconds: int
    billed_seconds: int
    bundle_seconds: int
    bands: Mapping[str, int]
    charge: str


def call_row(call: RatedCall) -> CallRow:
    """Return a rated call; its charge has the digits of its price."""
    charge = str(call.charge)
    return CallRow(
        call.key,
        call.status,
        call.prefix,
        call.raw_seconds,
        call.billed_seconds,
        call.bundle_seconds,
        call.bands,
        format(call.charge, "f") if "E" in charge else charge,
    )


def call_as_json(call: RatedCall) -> dict[str, object]:
    """Return a rated call in values that JSON has."""
    return msgspec.structs.asdict(call_row(call))


def _invoice(invoice: SimulatedInvoice, book_zone: str) -> dict[str, object]:
    currency = invoice.currency
    return {
        "customer": invoice.customer,
        **period_as_json(invoice.period, invoice.zone),
        "issue_date": invoice.issue_date.isoformat(),
        "due_date": invoice.due_date.isoformat(),
        "currency": currency,
        "lines": [
            _line(line, part, invoice.customer, book_zone)
            for part in invoice.parts
            for line in part.result.lines
        ],
        "subtotal": money_text(invoice.subtotal, currency),
        "discounts": money_text(invoice.discounts, currency),
        "taxes": [_tax(tax, currency) for tax in invoice.taxes],
        "tax": money_text(invoice.tax, currency),
        "total": money_text(invoice.total, currency),
        "discounts_applied": [draw_as_json(draw, currency) for draw in invoice.discounts_applied],
        "credits_applied": [draw_as_json(draw, currency) for draw in invoice.credits_applied],
        "amount_due": money_text(invoice.amount_due, currency),
    }


def period_as_json(period: Period, zone: str) -> dict[str, object]:
    """Return the bounds as days of the zone; one in the middle of a local day is a time."""
    return {
        "period_start": date_or_time(period.start, zone),
        "period_end": date_or_time(period.end, zone),
    }


def _line(line: Line, part: InvoicePart, billed_to: str, book_zone: str) -> dict[str, object]:
    printed = line_as_json(line, zone=part.zone, book_zone=book_zone)
    return printed if part.customer == billed_to else {**printed, "customer": part.customer}


def line_as_json(line: Line, *, zone: str, book_zone: str) -> dict[str, object]:
    """Return a line; its days are those of `zone`, versions take effect in `book_zone`."""
    printed: dict[str, object] = {
        "section": line.section,
        "price": line.price or None,
        "description": line.description,
        "dimensions": dict(line.dimensions),
        "quantity": number_text(line.quantity),
        "unit": line.unit,
        "unit_price": None if line.unit_price is None else number_text(line.unit_price),
        "exact_amount": number_text(line.exact_amount),
        "amount": money_text(line.amount, line.currency),
        "events": line.events,
        "rate_version": line.rate_version and date_or_time(line.rate_version, book_zone),
        **period_as_json(line.period, zone),
    }
    return printed if line.left is None else {**printed, "left": number_text(line.left)}


def _tax(tax: TaxLine, currency: str) -> dict[str, object]:
    return {
        "rule": tax.rule,
        "label": tax.label,
        "base": plain(tax.base),
        "rate": plain(tax.rate),
        "amount": money_text(tax.amount, currency),
        "exempt_base": plain(tax.exempt_base),
        "exempt_reason": list(tax.exempt_reason),
    }


def draw_as_json(draw: Draw, currency: str) -> dict[str, object]:
    """Return what a grant pays; one in units says how many."""
    printed: dict[str, object] = {
        "grant": draw.grant.code,
        "amount": money_text(draw.amount, currency),
    }
    if draw.quantity is not None:
        printed["quantity"] = number_text(draw.quantity)
    return printed


def _wallet(wallet: Wallet) -> dict[str, object]:
    printed: dict[str, object] = {
        "customer": wallet.customer,
        "grant": wallet.grant,
        "granted": wallet_text(wallet, wallet.granted),
        "used": wallet_text(wallet, wallet.used),
        "left": wallet_text(wallet, wallet.left),
    }
    if wallet.unit is not None:
        printed["unit"] = wallet.unit
    if wallet.effective_from is not None:
        printed["effective_from"] = date_or_time(wallet.effective_from, wallet.zone)
    return printed


def _unmatched(usage: UnmatchedUsage) -> dict[str, object]:
    return {
        "customer": usage.customer,
        "price": usage.price,
        "dimensions": dict(usage.dimensions),
        "quantity": number_text(usage.quantity),
        "events": usage.events,
        "hint": usage.hint,
    }


def _event(event: JudgedEvent) -> dict[str, object]:
    return {
        "customer": event.customer,
        "idempotency_key": event.idempotency_key,
        "event_name": event.event_name,
    }


def _quarantined(event: QuarantinedEvent) -> dict[str, object]:
    return {**_event(event), "price": event.price, "reason": event.reason}
