"""A simulation as tables that people read."""

from collections.abc import Iterator, Sequence

from plan_file.results import JudgedEvent, QuarantinedEvent, SimulatedInvoice, SimulationResult
from usage.metering.quantity import Dimensions
from values.calendar import last_day, local_date
from values.exact import plain
from values.money import money_text


def table_text(result: SimulationResult) -> str:
    """Return invoices, wallets and what needs attention, below each other."""
    parts = [*map(_invoice, result.invoices), *_wallets(result), *_attention(result)]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _invoice(invoice: SimulatedInvoice) -> list[str]:
    result, currency = invoice.result, invoice.result.currency
    begins = local_date(result.period.start, invoice.zone)
    head = (
        f"{invoice.customer}: {begins} to {last_day(result.period.end, invoice.zone)}, "
        f"issued {result.issue_date}, due {result.due_date}, {currency}"
    )
    rows = [
        [
            line.description,
            plain(line.quantity),
            line.unit or "",
            "" if line.unit_price is None else plain(line.unit_price),
            money_text(line.amount, currency),
        ]
        for line in result.lines
    ]
    sums = [("Subtotal", result.subtotal)]
    sums += [(f"Credit {draw.grant.code}", -draw.amount) for draw in result.discounts_applied]
    sums += [(tax.label, tax.amount) for tax in result.taxes]
    sums += [("Total", result.total)]
    sums += [(f"Credit {draw.grant.code}", -draw.amount) for draw in result.credits_applied]
    sums += [("Due", result.amount_due)]
    rows += [[label, "", "", "", money_text(amount, currency)] for label, amount in sums]
    columns = ["Line", "Quantity", "Unit", "Unit price", "Amount"]
    return [head, *_table(columns, rows, right=(1, 3, 4), rule_after=len(result.lines))]


def _wallets(result: SimulationResult) -> Iterator[list[str]]:
    rows = [
        [wallet.customer, wallet.grant]
        + [
            money_text(amount, wallet.currency)
            for amount in (wallet.granted, wallet.used, wallet.left)
        ]
        for wallet in result.wallets
    ]
    if rows:
        columns = ["Customer", "Grant", "Granted", "Used", "Left"]
        yield ["Wallets", *_table(columns, rows, right=(2, 3, 4))]


def _attention(result: SimulationResult) -> Iterator[list[str]]:
    if result.unmatched:
        rows = [
            [
                usage.customer,
                usage.price,
                _dimensions(usage.dimensions),
                plain(usage.quantity),
                _dimensions(tuple(usage.hint.items())) if usage.hint else "",
            ]
            for usage in result.unmatched
        ]
        columns = ["Customer", "Price", "Dimensions", "Quantity", "Did you mean"]
        yield ["Billed at a fallback rate", *_table(columns, rows, right=(3,))]
    for title, events in (
        ("Quarantined", result.quarantined),
        ("Unpriced: the contract has no price for the meter", result.unpriced),
        ("Unmetered: no meter takes the event", result.unmetered),
        ("Conflicts: the key was used before with another body", result.conflicts),
    ):
        if events:
            yield [title, *_events(events)]


def _events(events: Sequence[JudgedEvent]) -> list[str]:
    rows = [
        [
            event.customer,
            event.idempotency_key,
            event.event_name,
            event.reason if isinstance(event, QuarantinedEvent) else "",
        ]
        for event in events
    ]
    return _table(["Customer", "Key", "Event", "Reason"], rows)


def _dimensions(dimensions: Dimensions) -> str:
    return ", ".join(f"{name}={value}" for name, value in dimensions)


def _table(
    columns: list[str],
    rows: list[list[str]],
    *,
    right: Sequence[int] = (),
    rule_after: int = 0,
) -> list[str]:
    kept = [index for index, _ in enumerate(columns) if any(row[index] for row in rows)]
    widths = {index: max(len(row[index]) for row in [columns, *rows]) for index in kept}
    lines = [
        "  ".join(
            _one_line(row[index]).rjust(widths[index])
            if index in right
            else _one_line(row[index]).ljust(widths[index])
            for index in kept
        ).rstrip()
        for row in [columns, *rows]
    ]
    rule = "-" * max(len(line) for line in lines)
    lines.insert(1, rule)
    if rule_after:
        lines.insert(2 + rule_after, rule)
    return lines


def _one_line(text: str) -> str:
    """Keep control characters of a file out of the terminal; the width stays."""
    return "".join(character if character.isprintable() else "?" for character in text)
