"""The calls behind a line, each with what it cost."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accounts.columns import exact
from accounts.operations.record_look import counted
from invoicing.documents.formats import minutes_and_seconds, money
from invoicing.models import InvoiceLine
from invoicing.queries.line_calls import CallOfLine, CallRating, call_rating, calls_of_line
from portal.csv_answer import csv_answer
from portal.documents.call_row import call_cells, call_row, csv_header, listed_words
from portal.forms.event_filter import EventFilterForm
from portal.pages import looked, page
from portal.queries.line_events import Position
from portal.viewer import Viewer
from portal.views.behind_line import ON_A_PAGE, TEMPLATE, around, place_after, sent_keys
from usage.models import event_public_id


def calls_page(
    request: HttpRequest, viewer: Viewer, found: InvoiceLine, form: EventFilterForm
) -> HttpResponse:
    """Return a page of the calls of a line, the earliest first, as they are filtered."""
    zone, after = viewer.customer.timezone, place_after(request, viewer)
    rating = call_rating(line=found)
    listed = _filtered(rating, form, zone, after, at_most=ON_A_PAGE + 1)
    rows = list(islice(listed, ON_A_PAGE + 1))
    shown = rows[:ON_A_PAGE]
    looked(request, viewer, rows=len(shown))
    context = around(request, found, form) | {
        "kind": "calls",
        "line_time": minutes_and_seconds(found.quantity),
        "line_amount": money(exact(found.amount), found.currency),
        "rows": [call_row(call, currency=found.currency, zone=zone) for call in shown],
        "is_first_page": after is None,
        "next": event_public_id(shown[-1].event.key) if len(rows) > ON_A_PAGE else "",
        **_sums(rating, found, form, zone),
    }
    return page(request, viewer, TEMPLATE, context)


def calls_csv(
    request: HttpRequest, viewer: Viewer, found: InvoiceLine, form: EventFilterForm
) -> HttpResponseBase:
    """Return all calls that the filter lists, for a spreadsheet."""
    zone, rating = viewer.customer.timezone, call_rating(line=found)
    return csv_answer(
        name=f"calls-{found.public_id}",
        header=csv_header(currency=found.currency, zone=zone),
        rows=(
            call_cells(call, zone=zone)
            for call in counted(
                _filtered(rating, form, zone), look=looked(request, viewer, rows=None)
            )
        ),
    )


def _filtered(
    rating: CallRating | None,
    form: EventFilterForm,
    zone: str,
    after: Position | None = None,
    at_most: int | None = None,
) -> Iterator[CallOfLine]:
    if rating is None:
        return
    (start, end), keys = form.span(zone), sent_keys(form)
    # A key that is looked for may be that of the last one.
    limit = None if keys else at_most
    for call in calls_of_line(rating=rating, start=start, end=end, after=after, at_most=limit):
        if not keys or call.event.idempotency_key in keys:
            yield call


def _sums(
    rating: CallRating | None, found: InvoiceLine, form: EventFilterForm, zone: str
) -> dict[str, Any]:
    if not any(form.cleaned_data.values()):
        return {"is_filtered": False}
    count, words = listed_words(_filtered(rating, form, zone), currency=found.currency)
    return {"is_filtered": True, "filtered_count": count, "filtered_total": words}
