"""An invoice as people read it: every text ready to print, for page, PDF and e-mail alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Prefetch

from accounts.columns import exact
from accounts.models import Brand
from invoicing.documents.credit_words import credit_words
from invoicing.documents.formats import LANGUAGE, day, money, quantity, unit_price
from invoicing.documents.parties import Buyer, Seller, buyer_of, seller_of
from invoicing.documents.period_words import is_opening, period_words
from invoicing.documents.presented_lines import LineWindow, PresentedSection, presented_sections
from invoicing.models import (
    CreditApplication,
    Grant,
    GrantKind,
    Invoice,
    InvoiceState,
    InvoiceTaxLine,
)
from invoicing.queries.remaining_credit import remaining_credit
from values.calendar import last_day

_TITLES = {
    InvoiceState.UPCOMING.value: "Upcoming invoice",
    InvoiceState.DRAFT.value: "Draft invoice",
    InvoiceState.ISSUED.value: "Invoice",
    InvoiceState.SKIPPED.value: "Skipped invoice",
    InvoiceState.VOID.value: "Void invoice",
}
_NOTICES = {
    InvoiceState.UPCOMING.value: "Upcoming: amounts so far",
    InvoiceState.DRAFT.value: "Draft: not issued, amounts may change",
    InvoiceState.SKIPPED.value: "Nothing to bill",
    InvoiceState.VOID.value: "Void",
}


@dataclass(frozen=True, slots=True)
class PresentedTax:
    """A tax or fee by its printed name."""

    label: str
    base: str
    amount: str


@dataclass(frozen=True, slots=True)
class PresentedCredit:
    """
    What a grant pays, as a negative amount, and what is left of it.

    `units` say what a grant of units pays with: ``1,200 credits pay $12.00``.
    """

    description: str
    note: str
    amount: str
    left: str
    units: str = ""


@dataclass(frozen=True, slots=True)
class PresentedTotal:
    """One row of the sum."""

    label: str
    amount: str


@dataclass(frozen=True, slots=True)
class PresentedBrand:
    """The name under which is sold, with colours and picture; `logo` is a PNG or None."""

    code: str
    name: str
    legal_text: str
    support_email: str
    primary_colour: str
    accent_colour: str
    logo: bytes | None


@dataclass(frozen=True, slots=True)
class PresentedInvoice:
    """
    Everything that stands on an invoice.

    Until it is issued `number` and `issue_date` are empty and `notice` says so. `taxes` is
    empty where nothing is taxed, and then nothing about tax is printed. `made_at` is when its
    amounts were fixed or last computed. `is_opening` is of the invoice of a contract's first
    day, which bills no usage. `has_more_lines` is for a window of the lines.
    """

    uid: str
    language: str
    title: str
    number: str
    notice: str
    currency: str
    period: str
    issue_date: str
    due_date: str
    terms: str
    made_at: datetime | None
    seller: Seller
    buyer: Buyer
    brand: PresentedBrand
    sections: tuple[PresentedSection, ...]
    taxes: tuple[PresentedTax, ...]
    taxes_total: str
    credits: tuple[PresentedCredit, ...]
    totals: tuple[PresentedTotal, ...]
    amount_due: str
    is_due: bool
    has_more_lines: bool = False
    is_opening: bool = False

    @property
    def name(self) -> str:
        """Return the title with the number: ``Invoice INV-2024-000001``."""
        return f"{self.title} {self.number}".strip()


def presented_invoice(*, invoice: Invoice, window: LineWindow | None = None) -> PresentedInvoice:
    """
    Return the stored invoice ready to print, with all its lines or a window of them.

    It is read afresh, in a number of queries that does not grow with its lines.
    """
    invoice = (
        Invoice.objects.select_related("legal_entity", "brand", "customer")
        .prefetch_related(
            "customer__addresses",
            "tax_lines",
            Prefetch("credit_applications", CreditApplication.objects.select_related("grant")),
        )
        .get(pk=invoice.pk)
    )
    zone = invoice_zone(invoice)
    currency = invoice.currency
    tax_lines = list(invoice.tax_lines.all())
    sections, has_more_lines = presented_sections(invoice=invoice, zone=zone, window=window)
    return PresentedInvoice(
        uid=invoice.public_id,
        language=LANGUAGE,
        title=_TITLES[invoice.state],
        number=invoice.number or "",
        notice=_NOTICES.get(invoice.state, ""),
        currency=currency,
        period=period_words(invoice, zone),
        issue_date=_day(invoice.issue_date) if invoice.number else "",
        due_date=_day(invoice.due_date),
        terms=_terms(invoice.issue_date, invoice.due_date),
        made_at=invoice.issued_at or invoice.computed_at,
        seller=seller_of(invoice),
        buyer=buyer_of(invoice),
        brand=_brand(invoice.brand),
        sections=sections,
        taxes=tuple(_tax(line) for line in tax_lines),
        taxes_total=money(exact(invoice.tax), currency),
        credits=_credits(invoice, zone),
        totals=_totals(invoice, tax_lines),
        amount_due=money(exact(invoice.amount_due), currency),
        is_due=exact(invoice.amount_due) > 0,
        has_more_lines=has_more_lines,
        is_opening=is_opening(invoice),
    )


def invoice_zone(invoice: Invoice) -> str:
    """Return the zone whose days an invoice names: the customer's, as it was at issue."""
    return invoice.buyer_snapshot.get("timezone") or invoice.customer.timezone


def _day(value: date | None) -> str:
    return "" if value is None else day(value)


def _terms(issue_date: date | None, due_date: date | None) -> str:
    if issue_date is None or due_date is None:
        return ""
    net_days = (due_date - issue_date).days
    return f"net {quantity(Decimal(net_days), 'day')}" if net_days else "due on receipt"


def _brand(brand: Brand) -> PresentedBrand:
    return PresentedBrand(
        code=brand.code,
        name=brand.name,
        legal_text=brand.legal_text,
        support_email=brand.support_email,
        primary_colour=brand.primary_colour,
        accent_colour=brand.accent_colour,
        logo=bytes(brand.logo) if brand.logo else None,
    )


def _tax(line: InvoiceTaxLine) -> PresentedTax:
    return PresentedTax(
        label=line.label,
        base=unit_price(line.base, line.currency),
        amount=money(exact(line.amount), line.currency),
    )


def _credits(invoice: Invoice, zone: str) -> tuple[PresentedCredit, ...]:
    applications = list(invoice.credit_applications.all())
    left = remaining_credit(invoice=invoice) if applications else {}
    return tuple(_credit(application, left, zone) for application in applications)


def _credit(
    application: CreditApplication, left: Mapping[int, Decimal], zone: str
) -> PresentedCredit:
    grant, amount = application.grant, exact(application.amount)
    kind = "Promotional" if grant.kind == GrantKind.PROMOTIONAL.value else "Prepaid"
    units = _units(application, amount)
    return PresentedCredit(
        description=f"{kind} credit {grant.code}",
        note=" \N{MIDDLE DOT} ".join(filter(None, (units, _valid(grant, zone)))),
        amount=money(-amount, application.currency),
        left=credit_words(left[grant.pk], grant.purse),
        units=units,
    )


def _units(application: CreditApplication, amount: Decimal) -> str:
    if application.quantity is None:
        return ""
    units = credit_words(application.quantity, application.grant.purse)
    pay = "pays" if application.quantity == 1 else "pay"
    return f"{units} {pay} {money(amount, application.currency)}"


def _valid(grant: Grant, zone: str) -> str:
    """Return until when, which tells the lots apart that a plan gives under one code."""
    expires_at = grant.expires_at
    return "" if expires_at is None else f"valid to {day(last_day(expires_at, zone))}"


def _totals(invoice: Invoice, tax_lines: Sequence[InvoiceTaxLine]) -> tuple[PresentedTotal, ...]:
    rows = [("Subtotal", exact(invoice.subtotal))]
    if exact(invoice.discounts):
        rows.append(("Promotional credit", -exact(invoice.discounts)))
    if tax_lines:
        rows.append(("Taxes and fees", exact(invoice.tax)))
    rows.append(("Total", exact(invoice.total)))
    if exact(invoice.credits_applied):
        rows.append(("Credits applied", -exact(invoice.credits_applied)))
    return tuple(PresentedTotal(label, money(amount, invoice.currency)) for label, amount in rows)
