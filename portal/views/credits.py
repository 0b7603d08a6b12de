"""A customer's credit: grants, what is pending, and what was drawn for which lines."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from invoicing.queries.wallets import wallet
from portal.csv_answer import csv_answer
from portal.documents.credit_outlook import credit_outlooks
from portal.documents.credits import (
    CSV_HEADER,
    grant_rows,
    ledger_cells,
    ledger_draw,
    pending_draw,
)
from portal.pages import customer_now, customer_page, page
from portal.queries.credits import (
    drawn_of,
    ledger_page,
    paid_lines,
    pending_draws,
    whole_ledger,
)
from portal.queries.invoices import InvoiceFilter, listed_invoices
from portal.viewer import Viewer

ON_A_PAGE = 20
_RECENT = 12
_LONGEST_PLACE = 18


@customer_page()
def credit(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Return the grants, what open invoices will draw, and a page of the ledger."""
    customer, now, zone = viewer.customer, customer_now(viewer), viewer.customer.timezone
    held = wallet(customer_id=customer.pk)
    recent = list(listed_invoices(customer=customer, wanted=InvoiceFilter(), now=now)[:_RECENT])
    pending = pending_draws(customer=customer)
    ledger = ledger_page(customer=customer, older_than=_place(request), limit=ON_A_PAGE)
    drawn_by = [each.entry.invoice_id for each in ledger.entries if each.entry.invoice_id]
    paid = paid_lines(
        customer=customer, invoice_ids=[*drawn_by, *(each.invoice_id for each in pending)]
    )
    grants, over = grant_rows(wallet=held, zone=zone, now=now)
    context = {
        "outlooks": credit_outlooks(
            wallet=held,
            invoices=recent,
            drawn=drawn_of(invoices=recent),
            low_percent=customer.credit_low_percent,
            zone=zone,
            now=now,
        ),
        "grants": grants,
        "grants_over": over,
        "pending": [pending_draw(each, paid, zone) for each in pending],
        "ledger": [ledger_draw(each, paid, zone) for each in ledger.entries],
        "older": ledger.entries[-1].entry.pk if ledger.has_older else None,
        "is_first": "older" not in request.GET,
    }
    return page(request, viewer, "portal/credits/credits.html", context)


@customer_page()
def credit_csv(request: HttpRequest, viewer: Viewer) -> HttpResponseBase:
    """Return the whole ledger for a spreadsheet, the earliest entry first."""
    customer = viewer.customer
    rows = ledger_cells(whole_ledger(customer=customer), customer.timezone)
    return csv_answer(name="credits", header=CSV_HEADER, rows=rows)


def _place(request: HttpRequest) -> int | None:
    text = request.GET.get("older")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_PLACE):
        raise Http404
    return int(text)
