"""The event browser and the page of an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import button_url_name
from accounts.admin.pages.tables import Cell, Table, may_see, number, text
from accounts.admin.pages.words import (
    NOTHING,
    instant_words,
    quantity_words,
    state_badge,
    utc_text,
)
from accounts.looking import staff_look
from usage.admin.body import pretty_body
from usage.admin.event_search import EventSearchForm
from usage.admin.event_story import story_facts
from usage.admin.verdict import hint_words, verdict_badge
from usage.models import Event, event_key, event_public_id
from usage.queries.corrections import NOT_CORRECTED, Correction, corrections_of
from usage.queries.event_browser import Position, browsed_events, browsed_total, stored_event
from usage.queries.events import ReadingFate, reading_fates
from usage.store.archives.archived import MonthArchived, archived_keys, months_in_files

PAGE = 50


@dataclass(frozen=True, slots=True)
class BrowsedEvent:
    """A row of the browser: an event and what its meters counted."""

    event: Event
    address: str
    time: str
    fates: Sequence[ReadingFate]

    @property
    def counted(self) -> list[str]:
        """Return the quantity with its unit, one for each meter."""
        return [quantity_words(fate.quantity, fate.unit) for fate in self.fates]

    @property
    def combinations(self) -> list[str]:
        """Return the values of the group keys, one for each meter."""
        return [
            " / ".join(fate.dimensions.get(key, f"no {key}") for key in fate.group_keys) or NOTHING
            for fate in self.fates
        ]

    @property
    def verdicts(self) -> list[tuple[str, str]]:
        """Return each verdict and the address of its invoice, where there is one."""
        return [(verdict_badge(fate.verdict), invoice_address(fate.invoice)) for fate in self.fates]


def invoice_address(invoice: str, line: str = "") -> str:
    """Return the address of an invoice's page, from its public id; empty for none."""
    if not invoice:
        return ""
    page = reverse("admin:invoicing_invoice_change", args=[quote(invoice)])
    return f"{page}#{line}" if line else page


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """Events as they were sent, found by index alone, page after page."""

    show_full_result_count = False
    list_select_related = ("customer", "source__partner")

    def event_links(self, request: HttpRequest, event: Event) -> list[tuple[str, str]]:
        """Return (label, address) of what this person may do with the event on another page."""
        return []

    def bill_cells(
        self, request: HttpRequest, event: Event, fates: Sequence[ReadingFate]
    ) -> list[tuple[Cell, Cell]]:
        """Return for each meter by which price its quantity is billed, and where."""
        return [
            (text(fate.price or NOTHING), text("billed" if fate.invoice else NOTHING))
            for fate in fates
        ]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Event | None:
        # The admin reads `_24` of an address as an escaped `$`, and some ids begin with that.
        key = event_key(object_id) or event_key(quote(object_id)) or _uuid(object_id)
        if key is None:
            return None
        event = stored_event(key=key)
        if event is None and (archived := archived_keys([key])):
            raise MonthArchived([archived[key]])
        return event

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = EventSearchForm(request.GET)
        context = {
            **self.admin_site.each_context(request),
            "title": "Event browser",
            "opts": self.opts,
            "cl": None,
            "form": form,
            "media": self.media,
            "rows": [],
        }
        if form.is_valid():
            context |= self._found(form, request)
        return TemplateResponse(request, "admin/usage/event_browser.html", context)

    def _found(self, form: EventSearchForm, request: HttpRequest) -> dict[str, Any]:
        search = form.search()
        events = browsed_events(
            search=search, before=_position(request.GET.get("before", "")), limit=PAGE + 1
        )
        shown = events[:PAGE]
        staff_look(request, rows=len(shown), customer=form.cleaned_data["customer"])
        fates = reading_fates(keys=[event.key for event in shown]) if shown else {}
        rows = [
            BrowsedEvent(
                event=event,
                address=reverse("admin:usage_event_change", args=[quote(event.public_id)]),
                time=instant_words(event.occurred_at, event.customer.timezone),
                fates=[
                    fate
                    for fate in fates.get(event.key, [])
                    if search.meter_id in (None, fate.meter_id)
                ],
            )
            for event in shown
        ]
        total = None
        if search.meter_id is not None and search.start and search.end:
            count, quantity = browsed_total(search=search)
            unit = form.cleaned_data["meter"].unit
            events_word = "event" if count == 1 else "events"
            total = f"{count:,} {events_word}, {quantity_words(quantity, unit)}"
        return {
            "rows": rows,
            "total": total,
            "archived": months_in_files(start=search.start, end=search.end),
            "combination": form.combination_shown(),
            "older": _older(request, shown[-1]) if len(events) > PAGE else "",
        }

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        event = self.get_object(request, unquote(object_id))
        if event is None:
            raise Http404
        staff_look(request, rows=1, asked=event.public_id, customer=event.customer)
        fates = reading_fates(keys=[event.key]).get(event.key, [])
        correction = _correction(event)
        bills = self.bill_cells(request, event, fates)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Event {event.public_id}",
            "opts": self.opts,
            "media": self.media,
            "event": event,
            "facts": [
                *_facts(event, request.user),
                *_correction_facts(correction),
                *story_facts(event, correction, user=request.user),
            ],
            "object_buttons": [
                (button, reverse(f"admin:{button_url_name(self, button)}", args=[event.pk]))
                for button in self.buttons
                if button.is_shown(request, event)
            ],
            "object_links": self.event_links(request, event),
            "table": Table(
                "What the meters counted",
                ("Meter", "Quantity", "Dimensions", "Absent", "Verdict", "Price", "Hint", "Billed"),
                [_fate_row(*row) for row in zip(fates, bills, strict=True)],
                empty="No meter counts events of this name.",
            ),
            "body": pretty_body(event.sent),
        }
        return TemplateResponse(request, "admin/usage/event.html", context)


def _correction(event: Event) -> Correction:
    """Return what the event was corrected by; of nearly all there is nothing to ask for."""
    if not (event.is_void or event.stands_in):  # type: ignore[attr-defined]
        return NOT_CORRECTED
    return corrections_of(keys=[event.key])[event.key]


def _correction_facts(correction: Correction) -> list[tuple[str, str]]:
    facts: list[tuple[str, str]] = []
    if correction.is_void:
        since = instant_words(correction.voided_at)
        facts.append(("State", state_badge(f"void since {since}: {correction.reason}", "bad")))
    for label, key in (("Replaced by", correction.replaced_by), ("Replaces", correction.replaces)):
        if key is not None:
            facts.append((label, _event_link(key)))
    return facts


def _event_link(key: UUID) -> SafeString:
    event_id = event_public_id(key)
    address = reverse("admin:usage_event_change", args=[quote(event_id)])
    return format_html('<a href="{}">{}</a>', address, event_id)


def _facts(event: Event, user: Any) -> list[tuple[str, str]]:
    customer = f"{event.customer.name} ({event.customer.external_id})"
    if may_see(user, "accounts.customer"):
        address = reverse("admin:accounts_customer_change", args=[event.customer_id])
        customer = format_html('<a href="{}">{}</a>', address, customer)
    return [
        ("Id", event.public_id),
        ("Customer", customer),
        ("Event name", event.event_name),
        ("Happened", instant_words(event.occurred_at, event.customer.timezone)),
        ("Happened (UTC)", utc_text(event.occurred_at)),
        ("Received (UTC)", utc_text(event.received_at)),
        ("Source", str(event.source)),
        ("Idempotency key", event.idempotency_key),
    ]


def _fate_row(fate: ReadingFate, bill: tuple[Cell, Cell]) -> Sequence[Cell]:
    price, billed = bill
    return (
        text(fate.meter, link=reverse("admin:usage_meter_change", args=[fate.meter_id])),
        number(quantity_words(fate.quantity, fate.unit)),
        text(", ".join(f"{name}: {value}" for name, value in fate.dimensions.items()) or "–"),
        text(", ".join(fate.absent) or "–"),
        text(verdict_badge(fate.verdict)),
        price,
        text(hint_words(fate.hint)),
        billed,
    )


def _position(text_: str) -> Position | None:
    instant, _, key = text_.partition("~")
    found = _uuid(key)
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        return None
    return None if found is None or at.utcoffset() is None else (at, found)


def _older(request: HttpRequest, last: Event) -> str:
    wanted = request.GET.dict() | {"before": f"{utc_text(last.occurred_at)}~{last.key}"}
    return f"?{urlencode(wanted)}"


def _uuid(text_: str) -> UUID | None:
    try:
        return UUID(text_)
    except ValueError:
        return None
