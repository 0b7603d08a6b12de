"""The balance of usage: what each source sent on a day, and where all of it stands."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.count_columns import count_column
from accounts.admin.pages.tables import Table, may_see
from accounts.admin.pages.words import day_words, instant_words, state_badge
from accounts.looking import staff_look
from usage.admin.event_place import event_place, place_text, receipt_place, receipt_place_text
from usage.admin.source_day_tables import (
    ACCEPTED,
    came_table,
    came_words,
    events_table,
    receipts_table,
    states_table,
)
from usage.models import EventState, SourceDay
from usage.operations.count_source_day import count_source_day, day_of_receipt
from usage.queries.balance import events_in_state
from usage.queries.day_events import Place, accepted_events, listed_events
from usage.queries.day_receipts import (
    Came,
    corrected_items,
    files_of_receipts,
    receipts_of_day,
)

PAGE = 100


def _count(admin_: Any, request: HttpRequest, day: SourceDay, entered: dict[str, Any]) -> str:
    balance = count_source_day(source_id=day.source_id, day=day.day, now=datetime.now(UTC))
    broken = list(balance.contradictions())
    return f"Counted: {'; '.join(broken) or 'both sums agree'}."


@admin.register(SourceDay)
class SourceDayAdmin(ReadOnlyAdmin):
    """Taken in = what became of it; stored = where it stands. Each number leads to its events."""

    list_display = (
        "day_told", "source", "verdict", "taken_in", "stored", "duplicates_told",
        "conflicts_told", "rejected_told", "standing", "counted",
    )  # fmt: skip
    list_filter = ("holds", "source__partner", "source__mode")
    list_select_related = ("source__partner",)
    date_hierarchy = "day"
    search_fields = ("source__partner__name",)
    show_full_result_count = False
    has_history_page = False
    fields = ("source", "day_told", "verdict", "counted")
    readonly_fields = fields
    duplicates_told = count_column("duplicates")
    conflicts_told = count_column("conflicts")
    rejected_told = count_column("rejected")
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
        views: tuple[tuple[str, Callable[..., HttpResponse]], ...] = (
            ("events/<slug:state>", self.events_view),
            ("receipts/<slug:came>", self.receipts_view),
        )
        own = [
            path(
                f"<int:day_id>/{address}/",
                self.admin_site.admin_view(view),
                name=f"usage_sourceday_{address.partition('/')[0]}",
            )
            for address, view in views
        ]
        return [*own, *super().get_urls()]

    def tables(self, request: HttpRequest, obj: SourceDay) -> list[Table]:
        # As of the count: what was stored since is in neither number.
        corrected = corrected_items(
            source_id=obj.source_id, received_in=day_of_receipt(obj.day), until=obj.counted_at
        )
        return [
            came_table(obj, corrected=corrected, user=request.user),
            states_table(obj, user=request.user),
        ]

    def events_view(self, request: HttpRequest, day_id: int, state: str) -> HttpResponse:
        """List a day's events in one state, or all that were accepted, page after page."""
        if not may_see(request.user, "usage.event"):
            raise PermissionDenied
        day = self._day(request, day_id)
        if state not in (ACCEPTED, *EventState.values):
            raise Http404
        found = _places(day, state, after=event_place(request.GET.get("after", "")))
        shown = listed_events(places=found[:PAGE])
        asked = f"received={day.day}; state={state}"
        staff_look(request, rows=len(shown), asked=asked, partner=day.source.partner)
        return self._page(
            request,
            day,
            title="Accepted" if state == ACCEPTED else capfirst(EventState(state).label),
            table=events_table(day, shown, user=request.user),
            after=place_text(*found[PAGE - 1]) if len(found) > PAGE else "",
        )

    def receipts_view(self, request: HttpRequest, day_id: int, came: str) -> HttpResponse:
        """List what brought the items of a number that have no rows, page after page."""
        day = self._day(request, day_id)
        if came not in list(Came):
            raise Http404
        found = receipts_of_day(
            source_id=day.source_id,
            received_in=day_of_receipt(day.day),
            came=Came(came),
            after=receipt_place(request.GET.get("after", "")),
            limit=PAGE + 1,
        )
        shown = found[:PAGE]
        files = files_of_receipts(source_id=day.source_id, receipts=shown)
        last = shown[-1] if len(found) > PAGE else None
        return self._page(
            request,
            day,
            title=capfirst(came_words(Came(came))),
            table=receipts_table(day, shown, files, user=request.user),
            after=receipt_place_text(last.received_at, last.pk) if last else "",
        )

    def _day(self, request: HttpRequest, day_id: int) -> SourceDay:
        if not self.has_view_permission(request):
            raise PermissionDenied
        day = SourceDay.objects.select_related("source__partner").filter(pk=day_id).first()
        if day is None:
            raise Http404
        return day

    def _page(
        self, request: HttpRequest, day: SourceDay, *, title: str, table: Table, after: str
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": day,
            "object_url": reverse("admin:usage_sourceday_change", args=[day.pk]),
            "table": table,
            "later": f"?{urlencode({'after': after})}" if after else "",
            "media": self.media,
        }
        return TemplateResponse(request, "admin/usage/events_in_state.html", context)

    @admin.display(description="day", ordering="day")
    def day_told(self, day: SourceDay) -> str:
        return day_words(day.day)

    @admin.display(description="sums", ordering="holds")
    def verdict(self, day: SourceDay) -> SafeString:
        return state_badge("agree", "good") if day.holds else state_badge("do not agree", "bad")

    @admin.display(description="taken in", ordering="received")
    def taken_in(self, day: SourceDay) -> str:
        # Also what corrections and backfills stored, which nobody sent; the page tells them apart.
        return f"{day.received:,}"

    @admin.display(description="stored")
    def stored(self, day: SourceDay) -> str:
        return f"{day.accepted + day.quarantined:,}"

    @admin.display(description="stand now")
    def standing(self, day: SourceDay) -> str:
        told = ((day.states.get(state.value, 0), state.value) for state in EventState)
        return ", ".join(f"{count:,} {word}" for count, word in told if count) or "none"

    @admin.display(description="counted", ordering="counted_at")
    def counted(self, day: SourceDay) -> str:
        return instant_words(day.counted_at)


def _places(day: SourceDay, state: str, *, after: Place | None) -> list[Place]:
    received_in = day_of_receipt(day.day)
    if state == ACCEPTED:
        return accepted_events(
            source_id=day.source_id, received_in=received_in, after=after, limit=PAGE + 1
        )
    return events_in_state(
        source_id=day.source_id,
        received_in=received_in,
        state=EventState(state),
        after=after,
        limit=PAGE + 1,
    )
