"""How to use the API, with the partner's own ids in the examples."""

from datetime import UTC, datetime
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from accounts.models import KeyMode
from partner_portal.documents.examples import examples, key_line
from partner_portal.documents.sample_event import reference_of, sample_event
from partner_portal.pages import looked, mode_asked, page, partner_page
from partner_portal.queries.customers import customer_for_examples
from partner_portal.queries.events import listed_events
from partner_portal.queries.keys import key_to_show
from partner_portal.queries.sandbox import meter_to_try
from partner_portal.viewer import PartnerViewer
from usage.queries.sent_events import EventFilter


@partner_page()
def docs(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """Return requests to copy, and the rules behind them in short."""
    mode = mode_asked(request, viewer) if "mode" in request.GET else KeyMode.TEST
    key = key_to_show(partner=viewer.partner, mode=mode, now=datetime.now(UTC))
    customer = customer_for_examples(partner=viewer.partner, mode=mode)
    meter = None if customer is None else meter_to_try(customer=customer)
    reference = reference_of(customer)
    last = (
        []
        if customer is None
        else listed_events(
            partner=viewer.partner,
            mode=mode,
            wanted=EventFilter(customer=customer),
            after=None,
            limit=1,
        )
    )
    looked(request, viewer, rows=len(last))
    event = sample_event(customer_id=reference, meter=meter, sent=last[0].sent if last else "")
    context = {
        "mode": mode,
        "key": key,
        "customer_used": customer,
        "key_line": key_line(prefix="" if key is None else key.prefix, mode=mode),
        "examples": examples(
            site=request.build_absolute_uri("/").rstrip("/"),
            customer=quote(reference, safe=""),
            event=event,
        ),
    }
    return page(request, viewer, "partner/docs.html", context)
