"""What the database says of invoices and wallets, in the shape that `simulate` prints."""

from decimal import Decimal

from accounts.columns import exact
from accounts.models import Customer
from invoicing.models import Grant, GrantKind, Invoice, InvoiceLine
from invoicing.queries.wallets import wallet
from usage.models import RatingVerdict, Verdict
from values.calendar import date_or_time
from values.exact import plain
from values.money import money_text

Stored = dict[str, object]


def stored_invoices(book_zone: str) -> list[Stored]:
    """Return the invoices that have lines, by customer and period."""
    invoices = Invoice.objects.filter(lines__isnull=False).distinct()
    return [
        _invoice(invoice, book_zone)
        for invoice in invoices.order_by("customer__external_id", "issue_date", "pk")
    ]


def stored_wallets() -> list[Stored]:
    """Return every grant with what open and issued invoices leave of it."""
    return [
        {
            "customer": customer.external_id,
            "grant": held.grant.code,
            "granted": _size(held.grant, held.grant.size),
            "used": _size(held.grant, held.grant.size - held.left),
            "left": _size(held.grant, held.left),
            **({"unit": held.grant.unit} if held.grant.unit else {}),
            **(
                {"effective_from": date_or_time(held.grant.effective_from, customer.timezone)}
                if held.grant.plan_grant_id
                else {}
            ),
        }
        for customer in Customer.objects.order_by("external_id")
        for held in sorted(
            wallet(customer_id=customer.pk),
            key=lambda held: (held.grant.code, held.grant.effective_from),
        )
    ]


def stored_unmatched() -> list[Stored]:
    """Return the usage billed at a fallback rate."""
    verdicts = RatingVerdict.objects.filter(verdict=Verdict.FALLBACK)
    return [
        {
            "customer": verdict.customer.external_id,
            "price": verdict.price,
            "dimensions": verdict.dimensions.values,
            "quantity": plain(verdict.quantity),
            "events": verdict.events,
            "hint": verdict.hint,
        }
        for verdict in verdicts.select_related("customer", "dimensions").order_by(
            "customer__external_id", "starts_at"
        )
    ]


def _invoice(invoice: Invoice, book_zone: str) -> Stored:
    zone, currency = invoice.customer.timezone, invoice.currency
    applied = invoice.credit_applications.select_related("grant").order_by("position")
    draws = [
        (
            draw.grant.kind,
            {
                "grant": draw.grant.code,
                "amount": _money(draw),
                **({} if draw.quantity is None else {"quantity": plain(draw.quantity)}),
            },
        )
        for draw in applied
    ]
    assert invoice.issue_date is not None
    assert invoice.due_date is not None
    return {
        "customer": invoice.customer.external_id,
        "period_start": date_or_time(invoice.period_start, zone),
        "period_end": date_or_time(invoice.period_end, zone),
        "issue_date": invoice.issue_date.isoformat(),
        "due_date": invoice.due_date.isoformat(),
        "currency": currency,
        "lines": [_line(line, zone, book_zone) for line in invoice.lines.order_by("position")],
        "subtotal": money_text(exact(invoice.subtotal), currency),
        "discounts": money_text(exact(invoice.discounts), currency),
        "taxes": list(invoice.tax_lines.values_list("rule", flat=True)),
        "tax": money_text(exact(invoice.tax), currency),
        "total": money_text(exact(invoice.total), currency),
        "discounts_applied": [draw for kind, draw in draws if kind == GrantKind.PROMOTIONAL],
        "credits_applied": [draw for kind, draw in draws if kind == GrantKind.PREPAID],
        "amount_due": money_text(exact(invoice.amount_due), currency),
    }


def _line(line: InvoiceLine, zone: str, book_zone: str) -> Stored:
    version = line.rate_version
    return {
        "section": line.section,
        "price": line.price or None,
        "description": line.description,
        "dimensions": line.dimensions,
        "quantity": plain(line.quantity),
        "unit": line.unit or None,
        "unit_price": None if line.unit_price is None else plain(line.unit_price),
        "exact_amount": plain(line.exact_amount),
        "amount": _money(line),
        "events": line.events,
        "rate_version": None if version is None else date_or_time(version, book_zone),
        "period_start": date_or_time(line.period_start, zone),
        "period_end": date_or_time(line.period_end, zone),
        **({} if line.left is None else {"left": plain(line.left)}),
    }


def _size(grant: Grant, size: Decimal) -> str:
    return plain(size) if grant.unit else money_text(size, grant.currency)


def _money(row: object) -> str:
    amount, currency = row.amount, row.currency  # type: ignore[attr-defined]
    return money_text(exact(amount), currency)
