"""A line of an invoice: why it is this much."""

from django.http import Http404, HttpRequest, HttpResponse

from accounts.columns import exact
from invoicing.documents.formats import money
from invoicing.documents.presented_lines import section_title
from invoicing.queries.line_calls import is_of_calls
from invoicing.rating.trace import RateSource
from portal.documents.event_row import event_row, metered_unit
from portal.documents.invoice_row import invoice_name
from portal.documents.why import why
from portal.pages import customer_page, page
from portal.queries.invoice import line_of
from portal.queries.line_credit import credit_of_line, missed_spelling
from portal.queries.line_events import events_of_line, page_of_events
from portal.viewer import Viewer

FIRST_EVENTS = 5


@customer_page()
def line(request: HttpRequest, viewer: Viewer, invoice_id: str, line_id: str) -> HttpResponse:
    """Return the line with its explanation and the first of its events."""
    found = line_of(customer=viewer.customer, invoice_id=invoice_id, line_id=line_id)
    if found is None:
        raise Http404
    invoice, zone = found.invoice, viewer.customer.timezone
    is_fallback = found.trace.get("source") == RateSource.FALLBACK
    events = events_of_line(line=found) if viewer.may_see_call_details else None
    # Calls and outcomes are rated again to be shown, on a page of their own.
    is_shown = events is not None and not is_of_calls(found)
    shown = page_of_events(events=events, limit=FIRST_EVENTS) if events and is_shown else []
    context = {
        "line": found,
        "amount": money(exact(found.amount), found.currency),
        "section": section_title(found.section),
        "invoice_id": invoice.public_id,
        "invoice_name": invoice_name(invoice),
        "invoice_total": money(exact(invoice.total), invoice.currency),
        "is_open": not invoice.number,
        "why": why(
            found,
            credit=credit_of_line(line=found),
            hint=missed_spelling(line=found) if is_fallback else {},
        ),
        "events": [event_row(event, unit=metered_unit(found), zone=zone) for event in shown],
        "zone": zone,
        "has_more_events": (found.events or 0) > len(shown),
    }
    return page(request, viewer, "portal/invoices/line.html", context)
