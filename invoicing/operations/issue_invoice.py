"""Issuing: the invoice gets its number, is posted, and never changes again."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Sum
from djmoney.money import Money

from accounts.columns import exact
from accounts.models import Address, Customer, LegalEntity
from invoicing.models import (
    CreditApplication,
    Grant,
    GrantEntry,
    GrantEntryKind,
    GrantKind,
    Invoice,
    InvoiceState,
    NumberSeries,
)
from invoicing.operations.journal import post_draw, post_invoice
from invoicing.operations.refresh_invoice import locked_invoice, refuse_fixed
from invoicing.operations.write_amounts import write_amounts
from invoicing.operations.write_verdicts import write_verdicts
from invoicing.queries.computation import compute_invoice
from usage.models import Backfill, SubjectMove
from usage.operations.issuing_apart import hold_changes_still
from usage.queries.unsettled import unsettled_by, unsettled_words
from values.failpoints import reached
from values.money import floor_money


class NotADraft(ValueError):
    """Only a draft is issued: the invoice's period still runs."""


class GraceNotOver(ValueError):
    """The draft stays open for late usage until its time of grace is over."""


class IssuingStopped(ValueError):
    """Something forbids issuing; the draft says what."""


class UsageUnsettled(ValueError):
    """A backfill or a move changes the customer's usage; the draft waits for its end."""

    def __init__(self, change: Backfill | SubjectMove) -> None:
        super().__init__(f"{unsettled_words(change)}; issue it when that is done")


def issue_invoice(*, invoice_id: int, now: datetime, as_of: datetime | None = None) -> Invoice:
    """
    Issue a draft: amounts of now, number, journal, frozen names.

    `now` is the real time; `as_of` is the time by which the grace must be over, where that is
    an earlier one.

    A draft without lines is skipped and takes no number. What was not stored by now is late.

    :raises NotOpen:
    :raises NotADraft:
    :raises GraceNotOver:
    :raises IssuingStopped: for example without a decision on tax; the draft keeps the reason.
    :raises UsageUnsettled: then nothing was written.
    """
    with transaction.atomic():
        hold_changes_still()
        invoice = locked_invoice(invoice_id=invoice_id)
        refuse_fixed(invoice)
        if invoice.state != InvoiceState.DRAFT:
            raise NotADraft("the period of this invoice still runs; it is closed first")
        customer_now = invoice.customer.now(now=as_of or now)
        if customer_now < invoice.closes_at:
            raise _grace_not_over(invoice)
        computation = compute_invoice(invoice=invoice)
        reached("issuing.computed")
        # After the look at the usage, so that whatever that has seen is seen here too.
        change = unsettled_by(customer=invoice.customer, before=computation.closes_at)
        if change is not None:
            raise UsageUnsettled(change)
        write_amounts(invoice=invoice, computation=computation, now=now)
        reached("issuing.amounts_written")
        stopped = invoice.stopped_error
        # Usage that nobody had looked at yet may have opened a window for which the draft waits.
        must_wait = customer_now < invoice.closes_at
        is_final = not (stopped or must_wait)
        write_verdicts(invoice=invoice, computation=computation, now=now, is_final=is_final)
        reached("issuing.verdicts_written")
        if is_final:
            _freeze(invoice, now=now)
    if must_wait:
        raise _grace_not_over(invoice)
    if stopped:
        raise IssuingStopped(invoice.stopped_detail or stopped)
    return invoice


def _grace_not_over(invoice: Invoice) -> GraceNotOver:
    return GraceNotOver(
        f"the draft stays open for late usage until {invoice.closes_at:%Y-%m-%d %H:%M} UTC"
    )


def _freeze(invoice: Invoice, *, now: datetime) -> None:
    if not invoice.lines.exists():
        invoice.state = InvoiceState.SKIPPED
        invoice.save()
        return
    _post(invoice, now=now)
    invoice.number = _next_number(invoice)
    reached("issuing.numbered")
    invoice.state = InvoiceState.ISSUED
    invoice.issued_at = now
    invoice.seller_snapshot = _seller(invoice.legal_entity)
    invoice.buyer_snapshot = _buyer(invoice.customer)
    invoice.save()
    reached("issuing.frozen")


def _post(invoice: Invoice, *, now: datetime) -> None:
    post_invoice(invoice=invoice, total=exact(invoice.total), tax=exact(invoice.tax), now=now)
    reached("issuing.invoice_posted")
    applications = CreditApplication.objects.filter(invoice=invoice).select_related("grant")
    for application in applications:
        amount = exact(application.amount)
        worth = _worth(application, amount)
        GrantEntry.objects.create(
            grant=application.grant,
            kind=GrantEntryKind.DRAWN,
            amount=Money(-worth, invoice.currency),
            quantity=None if application.quantity is None else -application.quantity,
            invoice=invoice,
            posted_at=now,
        )
        reached("issuing.credit_drawn")
        post_draw(
            invoice=invoice,
            grant=application.grant,
            amount=amount,
            worth=worth,
            settles=application.grant.kind == GrantKind.PREPAID,
            now=now,
        )


def _worth(application: CreditApplication, amount: Decimal) -> Decimal:
    """
    Return what the credit drawn was carried at: money at itself, units at what was paid.

    Of units so much that all draws of a grant together take what was paid for it.
    """
    grant = application.grant
    if application.quantity is None or grant.quantity is None:
        return amount
    drawn = _drawn(grant) + application.quantity
    each = Fraction(exact(grant.paid_amount)) / Fraction(grant.quantity)

    def taken_by(quantity: Decimal) -> Decimal:
        return floor_money(each * Fraction(quantity), currency=grant.currency)

    return taken_by(drawn) - taken_by(drawn - application.quantity)


def _drawn(grant: Grant) -> Decimal:
    entries = GrantEntry.objects.filter(grant=grant, kind=GrantEntryKind.DRAWN)
    drawn = entries.aggregate(total=Sum("quantity"))["total"]
    return Decimal(0) if drawn is None else -drawn


def _next_number(invoice: Invoice) -> str:
    """Return the next number of the seller's year; the row's lock is held until the commit."""
    assert invoice.issue_date is not None
    year = invoice.issue_date.year
    found, _ = NumberSeries.objects.get_or_create(
        legal_entity_id=invoice.legal_entity_id,
        year=year,
        is_sandbox=invoice.customer.is_sandbox,
    )
    series = NumberSeries.objects.select_for_update().get(pk=found.pk)
    series.last_number += 1
    series.save(update_fields=["last_number"])
    trial = "TEST-" if series.is_sandbox else ""
    return f"{trial}{invoice.legal_entity.invoice_prefix}-{year}-{series.last_number:06}"


def _seller(legal_entity: LegalEntity) -> dict[str, Any]:
    names = (
        "name", "address_line_1", "address_line_2", "city", "state", "postal_code", "country",
    )  # fmt: skip
    return {name: getattr(legal_entity, name) for name in names}


def _buyer(customer: Customer) -> dict[str, Any]:
    address = Address.objects.filter(customer=customer, kind="billing").first()
    names = ("line_1", "line_2", "city", "county", "state", "postal_code", "country")
    return {
        "name": customer.name,
        "external_id": customer.external_id,
        "email": customer.email,
        "vat_id": customer.vat_id,
        "timezone": customer.timezone,
        "address": None if address is None else {name: getattr(address, name) for name in names},
    }
