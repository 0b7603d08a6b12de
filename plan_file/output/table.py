"""A simulation as tables that people read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import reduce

from invoicing.credits.drawing import Draw
from invoicing.rating.calls.rated_call import CallStatus
from invoicing.rating.lines import Line
from plan_file.output.columns import table
from plan_file.output.numbers import number_text, wallet_text
from plan_file.results import (
    InvoicePart,
    JudgedEvent,
    QuarantinedEvent,
    SimulatedInvoice,
    SimulationResult,
)
from usage.metering.quantity import Dimensions
from values.calendar import last_day, local_date
from values.exact import EXACT
from values.money import money_text


def table_text(result: SimulationResult) -> str:
    """Return invoices, wallets and what needs attention, below each other."""
    parts = [
        *map(_invoice, result.invoices),
        *_calls(result),
        *_wallets(result),
        *_attention(result),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _invoice(invoice: SimulatedInvoice) -> list[str]:
    currency = invoice.currency
    begins = local_date(invoice.period.start, invoice.zone)
    head = (
        f"{invoice.customer}: {begins} to {last_day(invoice.period.end, invoice.zone)}, "
        f"issued {invoice.issue_date}, due {invoice.due_date}, {currency}"
    )
    lines = [(part, line) for part in invoice.parts for line in part.result.lines]
    rows = [_line(line, _child(part, invoice)) for part, line in lines]
    sums = [("Subtotal", invoice.subtotal)]
    sums += [(_draw(draw), -draw.amount) for draw in invoice.discounts_applied]
    sums += [(tax.label, tax.amount) for tax in invoice.taxes]
    sums += [("Total", invoice.total)]
    sums += [(_draw(draw), -draw.amount) for draw in invoice.credits_applied]
    sums += [("Due", invoice.amount_due)]
    rows += [["", label, "", "", "", "", money_text(amount, currency)] for label, amount in sums]
    columns = ["Section", "Line", "Customer", "Quantity", "Unit", "Unit price", "Amount"]
    return [head, *table(columns, rows, right=(3, 5, 6), rule_after=len(lines))]


def _child(part: InvoicePart, invoice: SimulatedInvoice) -> str:
    return "" if part.customer == invoice.customer else part.customer


def _line(line: Line, child: str) -> list[str]:
    left = "" if line.left is None else f" ({number_text(line.left)} left)"
    return [
        line.section,
        line.description + left,
        child,
        number_text(line.quantity),
        line.unit or "",
        "" if line.unit_price is None else number_text(line.unit_price),
        money_text(line.amount, line.currency),
    ]


def _draw(draw: Draw) -> str:
    units = "" if draw.quantity is None else f" ({number_text(draw.quantity)} {draw.grant.unit})"
    return f"Credit {draw.grant.code}{units}"


def _calls(result: SimulationResult) -> Iterator[list[str]]:
    """Many calls are a summary: how many of each status, how long, for how much."""
    rows = []
    for status in CallStatus:
        calls = [call for call in result.calls if call.status is status]
        if calls:
            charge = reduce(EXACT.add, (call.charge for call in calls))
            seconds = [
                str(sum(getattr(call, name) for call in calls))
                for name in ("raw_seconds", "billed_seconds", "bundle_seconds")
            ]
            rows.append([status.value, str(len(calls)), *seconds, format(charge, "f")])
    if rows:
        columns = ["Status", "Calls", "Seconds", "Billed", "From bundles", "Charges"]
        yield ["Calls", *table(columns, rows, right=(1, 2, 3, 4, 5))]


def _wallets(result: SimulationResult) -> Iterator[list[str]]:
    rows = [
        [
            wallet.customer,
            wallet.grant,
            "" if wallet.effective_from is None else _day(wallet.effective_from, wallet.zone),
            wallet.unit or wallet.currency,
            *(wallet_text(wallet, size) for size in (wallet.granted, wallet.used, wallet.left)),
        ]
        for wallet in result.wallets
    ]
    if rows:
        columns = ["Customer", "Grant", "From", "Unit", "Granted", "Used", "Left"]
        yield ["Wallets", *table(columns, rows, right=(4, 5, 6))]


def _day(instant: datetime, zone: str) -> str:
    return local_date(instant, zone).isoformat()


def _attention(result: SimulationResult) -> Iterator[list[str]]:
    if result.unmatched:
        rows = [
            [
                usage.customer,
                usage.price,
                _dimensions(usage.dimensions),
                number_text(usage.quantity),
                _dimensions(tuple(usage.hint.items())) if usage.hint else "",
            ]
            for usage in result.unmatched
        ]
        columns = ["Customer", "Price", "Dimensions", "Quantity", "Did you mean"]
        yield ["Billed at a fallback rate", *table(columns, rows, right=(3,))]
    for title, events in (
        ("Quarantined", result.quarantined),
        ("Unpriced: the contract has no price for the meter", result.unpriced),
        ("Unmetered: no meter takes the event", result.unmetered),
        ("Conflicts: the key was used before with another body", result.conflicts),
    ):
        if events:
            yield [title, *_events(events)]


def _events(events: Sequence[JudgedEvent]) -> list[str]:
    rows = []
    for event in events:
        price, reason = "", ""
        if isinstance(event, QuarantinedEvent):
            price, reason = event.price or "", event.reason
        rows.append([event.customer, event.idempotency_key, event.event_name, price, reason])
    return table(["Customer", "Key", "Event", "Price", "Reason"], rows)


def _dimensions(dimensions: Dimensions) -> str:
    return ", ".join(f"{name}={value}" for name, value in dimensions)
