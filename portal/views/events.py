"""The events behind a line of an invoice."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from invoicing.documents.formats import quantity
from invoicing.models import InvoiceLine
from portal.csv_answer import cell_before, csv_answer
from portal.documents.event_row import csv_header, event_cells, event_row
from portal.documents.invoice_row import invoice_name
from portal.forms.event_filter import EventFilterForm
from portal.pages import customer_page, page
from portal.queries.invoice import line_of
from portal.queries.line_events import (
    LineEvents,
    Position,
    all_events,
    events_of_line,
    page_of_events,
    place_of_event,
    sum_of_events,
)
from portal.viewer import Right, Viewer

ON_A_PAGE = 50
_TEMPLATE = "portal/invoices/events.html"


@customer_page(Right.CALL_DETAILS)
def line_events(
    request: HttpRequest, viewer: Viewer, invoice_id: str, line_id: str
) -> HttpResponse:
    """Return a page of the events, the earliest first, as they are filtered."""
    found, form = _found(viewer, invoice_id, line_id), EventFilterForm(request.GET)
    context = _around(request, found, form)
    if not form.is_valid():
        return page(request, viewer, _TEMPLATE, context, status=400)
    events = _filtered(found, form, viewer.customer.timezone)
    after = _after(request, viewer)
    rows = page_of_events(events=events, after=after, limit=ON_A_PAGE + 1) if events else []
    shown, zone = rows[:ON_A_PAGE], viewer.customer.timezone
    context |= {
        "rows": [event_row(event, unit=found.unit, zone=zone) for event in shown],
        "is_first_page": after is None,
        "next": shown[-1].public_id if len(rows) > ON_A_PAGE else "",
        **_sums(found, form, events),
    }
    return page(request, viewer, _TEMPLATE, context)


@customer_page(Right.CALL_DETAILS)
def line_events_csv(
    request: HttpRequest, viewer: Viewer, invoice_id: str, line_id: str
) -> HttpResponseBase:
    """Return all events that the filter lists, for a spreadsheet."""
    found, form = _found(viewer, invoice_id, line_id), EventFilterForm(request.GET)
    if not form.is_valid():
        return page(request, viewer, _TEMPLATE, _around(request, found, form), status=400)
    zone = viewer.customer.timezone
    events = _filtered(found, form, zone)
    keys = found.meter.group_keys if found.meter else []
    dimensions = found.dimension_set.values if found.dimension_set else {}
    return csv_answer(
        name=f"events-{found.public_id}",
        header=csv_header(unit=found.unit, keys=keys, zone=zone),
        rows=(
            event_cells(event, keys=keys, dimensions=dimensions, zone=zone)
            for event in (all_events(events=events) if events else ())
        ),
    )


def _found(viewer: Viewer, invoice_id: str, line_id: str) -> InvoiceLine:
    found = line_of(customer=viewer.customer, invoice_id=invoice_id, line_id=line_id)
    if found is None:
        raise Http404
    return found


def _around(request: HttpRequest, found: InvoiceLine, form: EventFilterForm) -> dict[str, Any]:
    kept = request.GET.copy()
    kept.pop("after", None)
    return {
        "form": form,
        "filter": kept.urlencode(),
        "line": found,
        "invoice_id": found.invoice.public_id,
        "invoice_name": invoice_name(found.invoice),
        "counted": quantity(found.quantity, found.unit),
    }


def _filtered(found: InvoiceLine, form: EventFilterForm, zone: str) -> LineEvents | None:
    start, end = form.span(zone)
    key = form.cleaned_data["key"]
    # A key may be copied from the CSV, where an apostrophe guards what looks like a formula.
    keys = {key, cell_before(key)} if key else ()
    return events_of_line(line=found, start=start, end=end, idempotency_keys=keys)


def _sums(found: InvoiceLine, form: EventFilterForm, events: LineEvents | None) -> dict[str, Any]:
    """Return what the listed events count, where a filter lists but some of the line's."""
    if events is None or not any(form.cleaned_data.values()):
        return {"is_filtered": False}
    count, total = sum_of_events(events=events)
    return {
        "is_filtered": True,
        "filtered_count": count,
        "filtered_total": quantity(total, found.unit),
    }


def _after(request: HttpRequest, viewer: Viewer) -> Position | None:
    public_id = request.GET.get("after")
    if not public_id:
        return None
    place = place_of_event(customer=viewer.customer, public_id=public_id)
    if place is None:
        raise Http404
    return place
