"""What the pages of what stands behind a line share: the line, the filter, the place."""

from typing import Any

from django.http import Http404, HttpRequest

from invoicing.documents.formats import short_quantity
from invoicing.models import InvoiceLine
from invoicing.queries.line_usage import is_whole
from portal.csv_answer import cell_before
from portal.documents.invoice_row import invoice_name
from portal.forms.event_filter import EventFilterForm
from portal.queries.invoice import line_of
from portal.queries.line_events import Position, place_of_event
from portal.viewer import Viewer

ON_A_PAGE = 50
TEMPLATE = "portal/invoices/events.html"


def line_asked(viewer: Viewer, invoice_id: str, line_id: str) -> InvoiceLine:
    """
    Return the line of the viewer's customer with these ids.

    :raises Http404:
    """
    found = line_of(customer=viewer.customer, invoice_id=invoice_id, line_id=line_id)
    if found is None:
        raise Http404
    return found


def around(request: HttpRequest, found: InvoiceLine, form: EventFilterForm) -> dict[str, Any]:
    """Return what stands around the rows."""
    kept = request.GET.copy()
    kept.pop("after", None)
    return {
        "form": form,
        "filter": kept.urlencode(),
        "line": found,
        "invoice_id": found.invoice.public_id,
        "invoice_name": invoice_name(found.invoice),
        "counted": short_quantity(found.quantity, found.unit),
        "is_whole": is_whole(found),
        "kind": "events",
    }


def sent_keys(form: EventFilterForm) -> tuple[str, ...]:
    """Return the keys to look for: one copied from the CSV may have an apostrophe in front."""
    key = form.cleaned_data["key"]
    return (key, cell_before(key)) if key else ()


def place_after(request: HttpRequest, viewer: Viewer) -> Position | None:
    """
    Return the place of the event that the page before ended with.

    :raises Http404: the customer has no such event.
    """
    public_id = request.GET.get("after")
    if not public_id:
        return None
    place = place_of_event(customer=viewer.customer, public_id=public_id)
    if place is None:
        raise Http404
    return place
