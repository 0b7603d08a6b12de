"""The events behind a line of an invoice."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accounts.operations.record_look import counted
from invoicing.documents.formats import short_quantity
from invoicing.models import InvoiceLine
from invoicing.queries.line_calls import is_of_calls
from portal.csv_answer import csv_answer
from portal.documents.event_row import csv_header, event_cells, event_row, metered_unit
from portal.forms.event_filter import EventFilterForm
from portal.pages import customer_page, looked, page
from portal.queries.line_events import (
    LineEvents,
    all_events,
    events_of_line,
    page_of_events,
    sum_of_events,
)
from portal.viewer import Right, Viewer
from portal.views.behind_line import ON_A_PAGE, TEMPLATE, around, line_asked, place_after, sent_keys
from portal.views.line_calls import calls_csv, calls_page
from portal.views.line_outcomes import outcomes_csv, outcomes_page


@customer_page(Right.CALL_DETAILS)
def line_events(
    request: HttpRequest, viewer: Viewer, invoice_id: str, line_id: str
) -> HttpResponse:
    """Return a page of the events, the earliest first, as they are filtered."""
    found, form = line_asked(viewer, invoice_id, line_id), EventFilterForm(request.GET)
    if not form.is_valid():
        return page(request, viewer, TEMPLATE, around(request, found, form), status=400)
    if is_of_calls(found):
        return calls_page(request, viewer, found, form)
    if found.counts_outcomes:  # type: ignore[attr-defined]
        return outcomes_page(request, viewer, found, form)
    return _events_page(request, viewer, found, form)


@customer_page(Right.CALL_DETAILS)
def line_events_csv(
    request: HttpRequest, viewer: Viewer, invoice_id: str, line_id: str
) -> HttpResponseBase:
    """Return all events that the filter lists, for a spreadsheet."""
    found, form = line_asked(viewer, invoice_id, line_id), EventFilterForm(request.GET)
    if not form.is_valid():
        return page(request, viewer, TEMPLATE, around(request, found, form), status=400)
    if is_of_calls(found):
        return calls_csv(request, viewer, found, form)
    if found.counts_outcomes:  # type: ignore[attr-defined]
        return outcomes_csv(request, viewer, found, form)
    return _events_csv(request, viewer, found, form)


def _events_page(
    request: HttpRequest, viewer: Viewer, found: InvoiceLine, form: EventFilterForm
) -> HttpResponse:
    zone = viewer.customer.timezone
    events = _filtered(found, form, zone)
    after = place_after(request, viewer)
    rows = page_of_events(events=events, after=after, limit=ON_A_PAGE + 1) if events else []
    shown = rows[:ON_A_PAGE]
    looked(request, viewer, rows=len(shown))
    unit = metered_unit(found)
    context = around(request, found, form) | {
        "rows": [event_row(event, unit=unit, zone=zone) for event in shown],
        "is_first_page": after is None,
        "next": shown[-1].public_id if len(rows) > ON_A_PAGE else "",
        **_sums(found, form, events),
    }
    return page(request, viewer, TEMPLATE, context)


def _events_csv(
    request: HttpRequest, viewer: Viewer, found: InvoiceLine, form: EventFilterForm
) -> HttpResponseBase:
    zone = viewer.customer.timezone
    events = _filtered(found, form, zone)
    keys = found.meter.group_keys if found.meter else []
    dimensions = found.dimension_set.values if found.dimension_set else None
    seen = all_events(events=events) if events else ()
    return csv_answer(
        name=f"events-{found.public_id}",
        header=csv_header(unit=metered_unit(found), keys=keys, zone=zone),
        rows=(
            event_cells(event, keys=keys, dimensions=dimensions, zone=zone)
            for event in counted(seen, look=looked(request, viewer, rows=None))
        ),
    )


def _filtered(found: InvoiceLine, form: EventFilterForm, zone: str) -> LineEvents | None:
    start, end = form.span(zone)
    return events_of_line(line=found, start=start, end=end, idempotency_keys=sent_keys(form))


def _sums(found: InvoiceLine, form: EventFilterForm, events: LineEvents | None) -> dict[str, Any]:
    """Return what the listed events count, where a filter lists but some of the line's."""
    if events is None or not any(form.cleaned_data.values()):
        return {"is_filtered": False}
    count, total = sum_of_events(events=events)
    return {
        "is_filtered": True,
        "filtered_count": count,
        "filtered_total": short_quantity(total, metered_unit(found)),
    }
