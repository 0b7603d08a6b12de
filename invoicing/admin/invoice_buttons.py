"""What staff may do to an invoice that is not issued."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.admin.pages.buttons import Button, object_url
from accounts.admin.pages.words import day_words, money_words
from invoicing.admin.invoice_tables import invoice_period
from invoicing.models import Invoice, InvoiceState
from invoicing.operations.close_invoice import PeriodStillRuns, close_invoice
from invoicing.operations.issue_invoice import (
    GraceNotOver,
    IssuingStopped,
    NotADraft,
    UsageUnsettled,
    issue_invoice,
)
from invoicing.operations.refresh_invoice import NotOpen, refresh_invoice
from invoicing.queries.invoice_changes import invoice_changes


def _refresh(admin_: Any, request: HttpRequest, invoice: Invoice, entered: dict[str, Any]) -> str:
    fresh = refresh_invoice(invoice_id=invoice.pk, now=datetime.now(UTC))
    return f"Computed anew: total {money_words(fresh.total)}, due {money_words(fresh.amount_due)}."


def _close(admin_: Any, request: HttpRequest, invoice: Invoice, entered: dict[str, Any]) -> str:
    close_invoice(invoice_id=invoice.pk, now=datetime.now(UTC))
    return "The period is closed: the invoice is a draft now."


def _issue(
    admin_: Any, request: HttpRequest, invoice: Invoice, entered: dict[str, Any]
) -> str | HttpResponse:
    try:
        issued = issue_invoice(invoice_id=invoice.pk, now=datetime.now(UTC))
    except IssuingStopped as stop:
        # Answered, not raised: the draft keeps the reason, which a rollback would take back.
        messages.error(request, str(stop))
        return redirect(object_url(admin_, invoice))
    if issued.state == InvoiceState.SKIPPED:
        return "Nothing was used in this period: no invoice is issued, no number taken."
    return f"Invoice {issued.number} is issued."


def _issue_facts(admin_: Any, request: HttpRequest, invoice: Invoice) -> dict[str, Any]:
    return {
        "period": invoice_period(invoice),
        "total": money_words(invoice.total),
        "credits": money_words(invoice.credits_applied),
        "due": money_words(invoice.amount_due),
        "issue_day": day_words(invoice.issue_date),
        "due_day": day_words(invoice.due_date),
    }


def _change_facts(admin_: Any, request: HttpRequest, invoice: Invoice) -> dict[str, Any]:
    return {"changes": invoice_changes(invoice=invoice)}


def _is_open(invoice: Invoice) -> bool:
    return invoice.state in {InvoiceState.UPCOMING, InvoiceState.DRAFT}


def _is_over(invoice: Invoice) -> bool:
    now = invoice.customer.now(now=datetime.now(UTC))
    return invoice.state == InvoiceState.UPCOMING and invoice.period_end <= now


def _can_be_issued(invoice: Invoice) -> bool:
    now = invoice.customer.now(now=datetime.now(UTC))
    return invoice.state == InvoiceState.DRAFT and invoice.closes_at <= now


CHANGE = "invoicing.change_invoice"

INVOICE_BUTTONS = (
    Button(
        name="issue",
        label="Issue",
        permission=CHANGE,
        press=_issue,
        is_offered=_can_be_issued,
        facts_template="admin/invoicing/issue.html",
        facts=_issue_facts,
        refusals=(NotOpen, NotADraft, GraceNotOver, UsageUnsettled),
        is_irreversible=True,
    ),
    Button(
        name="close",
        label="Close period",
        permission=CHANGE,
        press=_close,
        refusals=(NotOpen, PeriodStillRuns),
        is_offered=_is_over,
    ),
    Button(
        name="regenerate",
        label="Regenerate",
        permission=CHANGE,
        press=_refresh,
        refusals=(NotOpen,),
        is_offered=_is_open,
        facts_template="admin/invoicing/regenerate.html",
        facts=_change_facts,
    ),
)
