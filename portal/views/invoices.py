"""A customer's invoices."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from invoicing.models import Invoice
from portal.csv_answer import csv_answer
from portal.documents.invoice_row import CSV_HEADER, invoice_cells, invoice_row
from portal.documents.times import last_day_words
from portal.forms.invoice_filter import InvoiceFilterForm
from portal.pages import customer_now, customer_page, page
from portal.queries.invoices import (
    first_close,
    invoice_page,
    invoice_years,
    listed_invoices,
    place_of,
)
from portal.viewer import Viewer
from values.calendar import local_date

ON_A_PAGE = 25


@customer_page()
def invoices(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Return a page of the list, the latest first, as it is filtered."""
    form = _filter_form(request, viewer)
    context = {"form": form, "filter": _filter_text(request)}
    if not form.is_valid():
        return page(request, viewer, "portal/invoices/invoices.html", context, status=400)
    customer, now = viewer.customer, customer_now(viewer)
    found = invoice_page(
        invoices=listed_invoices(customer=customer, wanted=form.wanted(), now=now),
        older_than=_place(request, viewer, "older"),
        newer_than=_place(request, viewer, "newer"),
        limit=ON_A_PAGE,
    )
    today = local_date(now, customer.timezone)
    rows = [invoice_row(invoice, today=today) for invoice in found.invoices]
    closes = None if rows else first_close(customer=customer)
    context |= {
        "rows": rows,
        "newer": rows[0].invoice_id if rows and found.has_newer else "",
        "older": rows[-1].invoice_id if rows and found.has_older else "",
        "first_period_closes": closes and last_day_words(closes, customer.timezone),
    }
    return page(request, viewer, "portal/invoices/invoices.html", context)


@customer_page()
def invoices_csv(request: HttpRequest, viewer: Viewer) -> HttpResponseBase:
    """Return all that the filter lists, for a spreadsheet."""
    form = _filter_form(request, viewer)
    if not form.is_valid():
        context = {"form": form, "filter": ""}
        return page(request, viewer, "portal/invoices/invoices.html", context, status=400)
    now = customer_now(viewer)
    today = local_date(now, viewer.customer.timezone)
    listed = listed_invoices(customer=viewer.customer, wanted=form.wanted(), now=now)
    return csv_answer(
        name="invoices",
        header=CSV_HEADER,
        rows=(invoice_cells(invoice, today=today) for invoice in listed.iterator()),
    )


def _filter_form(request: HttpRequest, viewer: Viewer) -> InvoiceFilterForm:
    return InvoiceFilterForm(request.GET, years=invoice_years(customer=viewer.customer))


def _filter_text(request: HttpRequest) -> str:
    """Return the filter as it stands in the address, without the place in the list."""
    kept = request.GET.copy()
    for name in ("older", "newer"):
        kept.pop(name, None)
    return kept.urlencode()


def _place(request: HttpRequest, viewer: Viewer, name: str) -> Invoice | None:
    public_id = request.GET.get(name)
    if not public_id:
        return None
    place = place_of(customer=viewer.customer, public_id=public_id)
    if place is None:
        raise Http404
    return place
