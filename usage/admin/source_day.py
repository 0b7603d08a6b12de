"""The balance of usage: what each source sent on a day, and where all of it stands."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.tables import Cell, Table, may_see, number, text
from accounts.admin.pages.words import instant_words, state_badge, utc_text
from usage.admin.event_place import event_place, place_text
from usage.models import EventState, QuarantinedEvent, SourceDay, event_public_id
from usage.operations.count_source_day import count_source_day, day_of_receipt
from usage.queries.balance import Received, events_in_state

PAGE = 100
_TONES = {
    EventState.RATED: "good",
    EventState.AWAITING: "waiting",
    EventState.QUARANTINED: "bad",
    EventState.UNPRICED: "bad",
}


def _count(admin_: Any, request: HttpRequest, day: SourceDay, entered: dict[str, Any]) -> str:
    balance = count_source_day(source_id=day.source_id, day=day.day, now=datetime.now(UTC))
    broken = list(balance.contradictions())
    return f"Counted: {'; '.join(broken) or 'both sums agree'}."


@admin.register(SourceDay)
class SourceDayAdmin(ReadOnlyAdmin):
    """Received = what became of it; stored = where it stands. Each number leads to its events."""

    list_display = (
        "day", "source", "verdict", "received", "stored", "duplicates", "conflicts", "rejected",
        "standing", "counted",
    )  # fmt: skip
    list_filter = ("holds", "source__partner", "source__mode")
    list_select_related = ("source__partner",)
    date_hierarchy = "day"
    search_fields = ("source__partner__name",)
    show_full_result_count = False
    fields = ("source", "day", "verdict", "counted")
    readonly_fields = fields
    buttons = (
        Button(
            name="count",
            label="Count again",
            permission="usage.view_sourceday",
            press=_count,
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields

    def get_urls(self) -> list[URLPattern]:
        events = path(
            "<int:day_id>/events/<slug:state>/",
            self.admin_site.admin_view(self.events_view),
            name="usage_sourceday_events",
        )
        return [events, *super().get_urls()]

    def tables(self, request: HttpRequest, obj: SourceDay) -> list[Table]:
        came = [(text(name), number(f"{count:,}")) for name, count in _came(obj)]
        stands = [_state_row(obj, state) for state in EventState]
        return [
            Table("What came", ("Outcome", "Items"), came),
            Table("Where it stands now", ("State", "Events"), stands),
        ]

    def events_view(self, request: HttpRequest, day_id: int, state: str) -> HttpResponse:
        """List a day's events in one state, page after page."""
        if not self.has_view_permission(request) or not may_see(request.user, "usage.event"):
            raise PermissionDenied
        day = SourceDay.objects.select_related("source__partner").filter(pk=day_id).first()
        if day is None or state not in EventState.values:
            raise Http404
        found = events_in_state(
            source_id=day.source_id,
            received_in=day_of_receipt(day.day),
            state=EventState(state),
            after=event_place(request.GET.get("after", "")),
            limit=PAGE + 1,
        )
        rows = _event_rows(found[:PAGE])
        later = ""
        if len(found) > PAGE:
            later = f"?{urlencode({'after': place_text(*found[PAGE - 1])})}"
        context = {
            **self.admin_site.each_context(request),
            "title": EventState(state).label.capitalize(),
            "opts": self.opts,
            "original": day,
            "object_url": reverse("admin:usage_sourceday_change", args=[day.pk]),
            "table": Table(
                f"{day.source}, received on {day.day}", ("Event", "Happened (UTC)"), rows,
                empty="None.",
            ),
            "later": later,
            "media": self.media,
        }  # fmt: skip
        return TemplateResponse(request, "admin/usage/events_in_state.html", context)

    @admin.display(description="sums", ordering="holds")
    def verdict(self, day: SourceDay) -> SafeString:
        return state_badge("agree", "good") if day.holds else state_badge("do not agree", "bad")

    @admin.display(description="stored")
    def stored(self, day: SourceDay) -> int:
        return day.accepted + day.quarantined

    @admin.display(description="stand now")
    def standing(self, day: SourceDay) -> str:
        told = ((day.states.get(state.value, 0), state.value) for state in EventState)
        return ", ".join(f"{count:,} {word}" for count, word in told if count) or "none"

    @admin.display(description="counted", ordering="counted_at")
    def counted(self, day: SourceDay) -> str:
        return instant_words(day.counted_at)


def _came(day: SourceDay) -> list[tuple[str, int]]:
    names = [name for name in Received.__dataclass_fields__ if name != "received"]
    return [("received", day.received), *((name, getattr(day, name)) for name in names)]


def _state_row(day: SourceDay, state: EventState) -> tuple[Cell, Cell]:
    count = day.states.get(state.value, 0)
    address = reverse("admin:usage_sourceday_events", args=[day.pk, state.value])
    badge = state_badge(state.label, _TONES.get(state, "plain"))
    # Those in files are not listed.
    is_listed = count and state is not EventState.ARCHIVED
    return text(badge), number(f"{count:,}", link=address if is_listed else "")


def _event_rows(found: Sequence[tuple[datetime, UUID]]) -> list[tuple[Cell, Cell]]:
    keys = [key for _, key in found]
    waiting = set(
        QuarantinedEvent.objects.filter(
            Q(resolved_at=None) | ~Q(discarded_reason=""), key__in=keys
        ).values_list("key", flat=True)
    )
    return [
        (text(event_public_id(key), link=_page(key, waits=key in waiting)), text(utc_text(at)))
        for at, key in found
    ]


def _page(key: UUID, *, waits: bool) -> str:
    if waits:
        return reverse("admin:usage_quarantinedevent_change", args=[key])
    return reverse("admin:usage_event_change", args=[quote(event_public_id(key))])
