"""The outcomes behind a line: success, window, and what took them back."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accounts.operations.record_look import counted
from invoicing.models import InvoiceLine
from invoicing.queries.line_outcomes import outcomes_of_line
from invoicing.rating.outcomes import Outcome
from portal.csv_answer import csv_answer
from portal.documents.outcome_row import csv_header, outcome_cells, outcome_row
from portal.forms.event_filter import EventFilterForm
from portal.pages import looked, page
from portal.viewer import Viewer
from portal.views.behind_line import ON_A_PAGE, TEMPLATE, around, sent_keys


def outcomes_page(
    request: HttpRequest, viewer: Viewer, found: InvoiceLine, form: EventFilterForm
) -> HttpResponse:
    """Return a page of the outcomes of a line, by the close of their windows."""
    zone, skipped = viewer.customer.timezone, _skipped(request)
    outcomes = _filtered(found, form, zone)
    shown = outcomes[skipped : skipped + ON_A_PAGE]
    looked(request, viewer, rows=len(shown))
    following = skipped + len(shown)
    context = around(request, found, form) | {
        "kind": "outcomes",
        "rows": [outcome_row(outcome, zone=zone) for outcome in shown],
        "is_first_page": not skipped,
        "next": following if following < len(outcomes) else "",
        "is_filtered": any(form.cleaned_data.values()),
        "filtered_count": len(outcomes),
        "filtered_total": "",
    }
    return page(request, viewer, TEMPLATE, context)


def outcomes_csv(
    request: HttpRequest, viewer: Viewer, found: InvoiceLine, form: EventFilterForm
) -> HttpResponseBase:
    """Return all outcomes that the filter lists, for a spreadsheet."""
    zone = viewer.customer.timezone
    return csv_answer(
        name=f"outcomes-{found.public_id}",
        header=csv_header(zone=zone),
        rows=(
            outcome_cells(outcome, zone=zone)
            for outcome in counted(
                _filtered(found, form, zone), look=looked(request, viewer, rows=None)
            )
        ),
    )


def _filtered(found: InvoiceLine, form: EventFilterForm, zone: str) -> list[Outcome]:
    (start, end), keys = form.span(zone), sent_keys(form)
    return [
        outcome
        for outcome in outcomes_of_line(line=found)
        if (start is None or outcome.success.occurred_at >= start)
        and (end is None or outcome.success.occurred_at < end)
        and (not keys or outcome.success.key in keys)
    ]


def _skipped(request: HttpRequest) -> int:
    text = request.GET.get("after", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        raise Http404
    return int(text)
