"""The lines of an invoice as people read them, in their sections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from django.db.models import Case, F, IntegerField, QuerySet, Sum, When

from accounts.columns import exact
from invoicing.documents.explanation import Counted, calculation
from invoicing.documents.formats import (
    days,
    minutes_and_seconds,
    money,
    short_quantity,
    unit_price,
)
from invoicing.documents.period_words import is_opening
from invoicing.models import Invoice, InvoiceLine
from values.period import Period

SECTION_TITLES = {
    "platform": "Platform fees",
    "included": "Included usage",
    "usage": "Usage",
    "overage": "Overage",
    "premium": "Premium features",
    "telephony": "Telephony",
    "one_time": "One-time charges",
    "true_up": "True-ups",
}
"""The sections of lines in the order in which they are printed; others come last."""


@dataclass(frozen=True, slots=True)
class PresentedLine:
    """
    One line; `note` names its time where that is not the invoice's, of an allowance what is
    left, and of a line without a unit price how its amount was reached; else it is empty.

    A fee has no quantity, calls have minutes and seconds. `line_id` and `events` (how many are
    behind it, None for a fee) lead further; they are not printed.
    """

    description: str
    note: str
    quantity: str
    unit_price: str
    amount: str
    line_id: str = field(default="", compare=False)
    events: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PresentedSection:
    """Lines of one kind and their sum; the sum is of all of them, also where some are shown."""

    code: str
    title: str
    lines: tuple[PresentedLine, ...]
    subtotal: str


@dataclass(frozen=True, slots=True)
class LineWindow:
    """A part of a long invoice's lines, in printed order: `most` of them after `skipped`."""

    skipped: int
    most: int


def presented_sections(
    *, invoice: Invoice, zone: str, window: LineWindow | None
) -> tuple[tuple[PresentedSection, ...], bool]:
    """Return the sections with their lines, and whether a window leaves lines out after it."""
    lines = list(_printed_lines(invoice, window))
    has_more_lines = window is not None and len(lines) > window.most
    if window is not None:
        lines = lines[: window.most]
    if window is not None and (has_more_lines or window.skipped):
        subtotals = _subtotals_of_all(invoice)
    else:
        subtotals = defaultdict(Decimal)
        for line in lines:
            subtotals[line.section] += exact(line.amount)
    sections = tuple(
        PresentedSection(
            code=code,
            title=section_title(code),
            lines=tuple(_line(line, invoice, zone) for line in of_section),
            subtotal=money(subtotals[code], invoice.currency),
        )
        for code, of_section in groupby(lines, key=lambda line: line.section)
    )
    return sections, has_more_lines


def printed_order(lines: QuerySet[InvoiceLine]) -> QuerySet[InvoiceLine]:
    """Return lines in the order of the invoice: by section, within it as they were made."""
    whens = [When(section=code, then=place) for place, code in enumerate(SECTION_TITLES)]
    place = Case(*whens, default=len(whens), output_field=IntegerField())
    return lines.order_by(place, "section", "position")


def section_title(code: str) -> str:
    """Return the printed name of a section."""
    return SECTION_TITLES.get(code) or code.replace("_", " ").capitalize()


def _printed_lines(invoice: Invoice, window: LineWindow | None) -> QuerySet[InvoiceLine]:
    # Traces are large: only those are read of which something is printed.
    printed = Case(When(unit_price=None, then=F("trace")))
    lines = printed_order(invoice.lines.defer("trace", "dimensions").annotate(calculated=printed))
    if window is None:
        return lines
    # One more than is shown says whether there are others.
    return lines[window.skipped : window.skipped + window.most + 1]


def _subtotals_of_all(invoice: Invoice) -> dict[str, Decimal]:
    rows = invoice.lines.order_by().values("section").annotate(sum=Sum("amount"))
    return {row["section"]: row["sum"] for row in rows}


def _line(line: InvoiceLine, invoice: Invoice, zone: str) -> PresentedLine:
    price = line.unit_price
    return PresentedLine(
        description=line.description,
        note=" \N{MIDDLE DOT} ".join(_notes(line, invoice, zone)),
        quantity="" if _is_fee(line) else _counted(line, line.quantity),
        unit_price="" if price is None else unit_price(price, line.currency),
        amount=money(exact(line.amount), line.currency),
        line_id=line.public_id,
        events=line.events,
    )


def _notes(line: InvoiceLine, invoice: Invoice, zone: str) -> Iterator[str]:
    is_of_first_day = is_opening(invoice) and line.section != "one_time"
    if is_of_first_day or _period(line) != _period(invoice):
        yield days(_period(line), zone)
    if line.left is not None:
        yield f"{_counted(line, line.left)} left"
    told = getattr(line, "calculated", None) or {}
    if told.get("steps"):
        yield calculation(trace=told, counted=_as_counted(line))


def _as_counted(line: InvoiceLine) -> Counted:
    return Counted(
        quantity=line.quantity,
        unit=line.unit,
        rate=line.unit_price,
        exact_amount=line.exact_amount,
        amount=exact(line.amount),
        currency=line.currency,
        time="",
        events=line.events,
    )


def _is_fee(line: InvoiceLine) -> bool:
    """Return whether the quantity only says that it is one charge."""
    return line.events is None and not line.unit and line.quantity == 1


def _counted(line: InvoiceLine, amount: Decimal) -> str:
    """Return seconds of calls as minutes: they have no price of their own to multiply with."""
    is_calls = line.unit == "second" and not line.unit_price
    if is_calls and amount == amount.to_integral_value():
        return minutes_and_seconds(amount)
    return short_quantity(amount, line.unit)


def _period(row: Invoice | InvoiceLine) -> Period:
    return Period(row.period_start, row.period_end)
