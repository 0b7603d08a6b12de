"""What was sent, and what became of it."""

from datetime import UTC, datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import KeyMode
from partner_portal.documents.event_row import event_page, event_row
from partner_portal.forms.events import EventFilterForm
from partner_portal.pages import looked, mode_asked, page, partner_page
from partner_portal.queries.events import customer_of, event_of, listed_events, mode_of
from partner_portal.viewer import PartnerViewer
from usage.admin.body import pretty_body
from usage.models import event_key
from usage.queries.event_story import EventStory, event_story
from usage.queries.events import reading_fates
from usage.queries.sent_events import EventFilter, Position, SeenEvent

ON_A_PAGE = 50
TEMPLATE = "partner/events/events.html"


@partner_page()
def events(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """Return a page of the events that the filter lists, the latest first."""
    mode, form = mode_asked(request, viewer), EventFilterForm(request.GET)
    context = {"mode": mode, "form": form}
    wanted = _wanted(viewer, mode, form) if form.is_valid() else None
    if wanted is None:
        return page(request, viewer, TEMPLATE, context, status=400)
    found = listed_events(
        partner=viewer.partner,
        mode=mode,
        wanted=wanted,
        idempotency_key=form.cleaned_data["key"],
        after=position(request.GET.get("after", "")),
        limit=ON_A_PAGE + 1,
    )
    shown = found[:ON_A_PAGE]
    looked(request, viewer, rows=len(shown))
    fates = reading_fates(keys=[event.key for event in shown]) if shown else {}
    context |= {
        "rows": [event_row(event, fates.get(event.key, [])) for event in shown],
        "is_filtered": any(form.cleaned_data.values()),
        "is_first": "after" not in request.GET,
        "older": _older(request, mode, shown[-1]) if len(found) > ON_A_PAGE else "",
    }
    return page(request, viewer, TEMPLATE, context)


@partner_page()
def event(request: HttpRequest, viewer: PartnerViewer, *, event_id: str) -> HttpResponse:
    """Return one event: as it came, and what each meter made of it."""
    key = event_key(event_id)
    found = None if key is None else _of_any_mode(viewer, key)
    if found is None:
        raise Http404
    looked(request, viewer, rows=1, asked=found.public_id)
    fates = reading_fates(keys=[found.key]).get(found.key, [])
    shown = event_page(
        found,
        fates,
        partner_id=viewer.partner.pk,
        body=pretty_body(found.sent),
        story=_story(viewer, found),
    )
    return page(request, viewer, "partner/events/event.html", {"event": shown, "mode": shown.mode})


def _story(viewer: PartnerViewer, event: SeenEvent) -> EventStory | None:
    """Return how the event came, None where somebody else sent it or it still waits."""
    if event.source.partner_id != viewer.partner.pk or event.customer is None:
        return None
    return event_story(event=event, correction=event.correction)


def position(text: str) -> Position | None:
    """Return a place in a list from an address, None where it is none."""
    instant, _, key = text.partition("~")
    try:
        at, found = datetime.fromisoformat(instant), UUID(key)
    except ValueError:
        return None
    return None if at.utcoffset() is None else (at, found)


def place_text(at: datetime, key: UUID) -> str:
    """Return a place in a list as addresses carry it."""
    return f"{at.astimezone(UTC).isoformat().replace('+00:00', 'Z')}~{key}"


def _of_any_mode(viewer: PartnerViewer, key: UUID) -> SeenEvent | None:
    known = mode_of(event_key=key)
    for mode in KeyMode if known is None else (known,):
        found = event_of(partner=viewer.partner, mode=mode, event_key=key)
        if found is not None:
            return found
    return None


def _wanted(viewer: PartnerViewer, mode: KeyMode, form: EventFilterForm) -> EventFilter | None:
    """Return the filter of a valid form; None, with an error, where it names no customer."""
    asked = form.cleaned_data
    customer = None
    if asked["customer"]:
        customer = customer_of(partner=viewer.partner, mode=mode, reference=asked["customer"])
        if customer is None:
            form.add_error("customer", f"No {mode.value} customer of yours has this id.")
            return None
    since, before = form.span(now=datetime.now(UTC))
    return EventFilter(
        customer=customer,
        event_name=asked["event_name"] or None,
        since=since,
        before=before,
        status=asked["status"] or None,
    )


def _older(request: HttpRequest, mode: KeyMode, last: SeenEvent) -> str:
    wanted = request.GET.copy()
    wanted["mode"] = mode.value
    wanted["after"] = place_text(last.occurred_at, last.key)
    return f"?{wanted.urlencode()}"
