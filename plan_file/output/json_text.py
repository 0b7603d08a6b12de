"""A simulation as JSON: its keys and their order are an interface, versioned by the document."""

import json

from invoicing.credits.drawing import Draw
from invoicing.rating.lines import Line
from invoicing.tax.interface import TaxLine
from plan_file.results import (
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
        "calls": [],
        "wallets": [_wallet(wallet) for wallet in result.wallets],
        "stopped": [],
        "unmatched": [_unmatched(usage) for usage in result.unmatched],
        "quarantined": [_quarantined(event) for event in result.quarantined],
        "unpriced": [_event(event) for event in result.unpriced],
        "unmetered": [_event(event) for event in result.unmetered],
        "conflicts": [_event(event) for event in result.conflicts],
    }


def _invoice(invoice: SimulatedInvoice, book_zone: str) -> dict[str, object]:
    result, currency = invoice.result, invoice.result.currency
    return {
        "customer": invoice.customer,
        **_dates(result.period, invoice.zone),
        "issue_date": result.issue_date.isoformat(),
        "due_date": result.due_date.isoformat(),
        "currency": currency,
        "lines": [_line(line, invoice.zone, book_zone) for line in result.lines],
        "subtotal": money_text(result.subtotal, currency),
        "discounts": money_text(result.discounts, currency),
        "taxes": [_tax(tax, currency) for tax in result.taxes],
        "tax": money_text(result.tax, currency),
        "total": money_text(result.total, currency),
        "discounts_applied": [_draw(draw, currency) for draw in result.discounts_applied],
        "credits_applied": [_draw(draw, currency) for draw in result.credits_applied],
        "amount_due": money_text(result.amount_due, currency),
    }


def _dates(period: Period, zone: str) -> dict[str, object]:
    """A line whose rate changes in the middle of a local day begins or ends at a time."""
    return {
        "period_start": date_or_time(period.start, zone),
        "period_end": date_or_time(period.end, zone),
    }


def _line(line: Line, zone: str, book_zone: str) -> dict[str, object]:
    return {
        "section": line.section,
        "price": line.price,
        "description": line.description,
        "dimensions": dict(line.dimensions),
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "unit_price": None if line.unit_price is None else plain(line.unit_price),
        "exact_amount": plain(line.exact_amount),
        "amount": money_text(line.amount, line.currency),
        "events": line.events,
        "rate_version": line.rate_version and date_or_time(line.rate_version, book_zone),
        **_dates(line.period, zone),
    }


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


def _draw(draw: Draw, currency: str) -> dict[str, object]:
    return {"grant": draw.grant.code, "amount": money_text(draw.amount, currency)}


def _wallet(wallet: Wallet) -> dict[str, object]:
    return {
        "customer": wallet.customer,
        "grant": wallet.grant,
        "granted": money_text(wallet.granted, wallet.currency),
        "used": money_text(wallet.used, wallet.currency),
        "left": money_text(wallet.left, wallet.currency),
    }


def _unmatched(usage: UnmatchedUsage) -> dict[str, object]:
    return {
        "customer": usage.customer,
        "price": usage.price,
        "dimensions": dict(usage.dimensions),
        "quantity": plain(usage.quantity),
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
