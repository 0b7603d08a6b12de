"""One invoice: the twin of its PDF, and the PDF itself."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from invoicing.documents.presentation import presented_invoice
from invoicing.documents.presented_lines import LineWindow
from invoicing.documents.states import state_words
from invoicing.models import Invoice, InvoiceState
from portal.csv_answer import csv_answer
from portal.documents.line_row import CSV_HEADER, line_cells
from portal.documents.timeline import timeline
from portal.documents.times import moment
from portal.pages import customer_now, customer_page, page
from portal.queries.invoice import deliveries_of, document_of, invoice_of, printed_lines
from portal.viewer import Viewer
from values.calendar import local_date

LINES_ON_A_PAGE = 500
_OPEN = (InvoiceState.UPCOMING, InvoiceState.DRAFT)


@customer_page()
def invoice(request: HttpRequest, viewer: Viewer, invoice_id: str) -> HttpResponse:
    """Return the invoice's page."""
    found = _found(viewer, invoice_id)
    return page(request, viewer, "portal/invoices/invoice.html", _document(request, viewer, found))


@customer_page()
def invoice_live(request: HttpRequest, viewer: Viewer, invoice_id: str) -> HttpResponse:
    """
    Return the part of the page that changes while the period runs.

    204 while it is as it was `seen`. Where the state is another one the whole page is asked
    for anew: its heading and what can be done have changed too.
    """
    found = _found(viewer, invoice_id)
    seen = request.GET.get("seen", "")
    if seen == _version(found):
        return HttpResponse(status=204)
    if seen and seen.partition(" ")[0] != found.state:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return page(request, viewer, "portal/invoices/document.html", _document(request, viewer, found))


@customer_page()
def invoice_pdf(request: HttpRequest, viewer: Viewer, invoice_id: str) -> HttpResponse:
    """Return the stored PDF; a page that says why where there is none."""
    found = _found(viewer, invoice_id)
    document = document_of(invoice=found)
    if document is None:
        context = {"invoice": found, "being_made": found.state == InvoiceState.ISSUED}
        return page(request, viewer, "portal/invoices/no_pdf.html", context, status=404)
    return HttpResponse(
        bytes(document.content),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{found.number}.pdf"'},
    )


@customer_page()
def invoice_csv(request: HttpRequest, viewer: Viewer, invoice_id: str) -> HttpResponseBase:
    """Return the invoice's lines for a spreadsheet."""
    found = _found(viewer, invoice_id)
    return csv_answer(
        name=found.number or found.public_id,
        header=CSV_HEADER,
        rows=(line_cells(line, found) for line in printed_lines(invoice=found)),
    )


def _found(viewer: Viewer, invoice_id: str) -> Invoice:
    found = invoice_of(customer=viewer.customer, public_id=invoice_id)
    if found is None:
        raise Http404
    return found


def _document(request: HttpRequest, viewer: Viewer, found: Invoice) -> dict[str, Any]:
    """Return what the page and its living part share."""
    zone = viewer.customer.timezone
    number = _page_number(request)
    window = LineWindow(skipped=(number - 1) * LINES_ON_A_PAGE, most=LINES_ON_A_PAGE)
    shown = presented_invoice(invoice=found, window=window)
    if number > 1 and not shown.sections:
        raise Http404
    return {
        "invoice": shown,
        "invoice_id": found.public_id,
        "state": state_words(invoice=found, today=local_date(customer_now(viewer), zone)),
        "timeline": timeline(invoice=found, deliveries=deliveries_of(invoice=found)),
        "link": request.build_absolute_uri(_address(viewer, found)),
        "is_open": found.state in _OPEN,
        "is_upcoming": found.state == InvoiceState.UPCOMING,
        "is_issued": found.state == InvoiceState.ISSUED,
        "is_void": found.state == InvoiceState.VOID,
        "data_to": moment(found.computed_at, zone) if found.computed_at else "",
        "version": _version(found),
        "page_number": number,
        "previous_page": number - 1,
        "next_page": number + 1 if shown.has_more_lines else 0,
    }


def _address(viewer: Viewer, found: Invoice) -> str:
    return reverse("portal:invoice", args=[viewer.customer.public_id, found.public_id])


def _version(found: Invoice) -> str:
    """Return what changes whenever the page would: the state, and when it was computed."""
    computed = found.computed_at
    return f"{found.state} {computed.isoformat() if computed else ''}".strip()


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text)):
        raise Http404
    return int(text)
