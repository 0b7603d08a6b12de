"""Alarms on sources: what is not as usual, and where to look."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.tables import Table, may_see, text
from accounts.admin.pages.words import instant_words, state_badge
from usage.documents.alarm_words import alarm_words
from usage.models import AlarmKind, UsageAlarm


class OpenFilter(admin.SimpleListFilter):
    """Those that are open, unless asked for the others."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("over", "over"), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": "open"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(closed_at__isnull=self.value() != "over")


@admin.register(UsageAlarm)
class UsageAlarmAdmin(ReadOnlyAdmin):
    """They open and close by themselves; staff who may mend something are mailed once."""

    list_display = ("opened", "title", "detail", "state")
    list_display_links = ("opened", "title")
    list_filter = (OpenFilter, "kind", "source__partner")
    list_select_related = ("source__partner",)
    search_fields = ("source__partner__name",)
    show_full_result_count = False
    fields = ("public_id", "title", "detail", "advice", "state", "opened", "closed")
    readonly_fields = fields

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields

    def links(self, request: HttpRequest, obj: UsageAlarm) -> Sequence[tuple[str, str]]:
        source = urlencode({"source": obj.source_id})
        metrics = f"{reverse('admin:usage_sourceminute_changelist')}?{source}&hours=24"
        if obj.kind == AlarmKind.SOURCE_SILENT:
            return (("What it sent", metrics),)
        return (
            ("What events wait for", reverse("admin:usage_quarantinedevent_causes")),
            ("What it sent", metrics),
        )

    @admin.display(description="id")
    def public_id(self, alarm: UsageAlarm) -> str:
        return alarm.public_id

    @admin.display(description="alarm", ordering="kind")
    def title(self, alarm: UsageAlarm) -> str:
        return alarm_words(alarm).title

    @admin.display(description="found")
    def detail(self, alarm: UsageAlarm) -> str:
        return alarm_words(alarm).detail

    @admin.display(description="what to do")
    def advice(self, alarm: UsageAlarm) -> str:
        return alarm_words(alarm).advice

    @admin.display(description="state", ordering="closed_at")
    def state(self, alarm: UsageAlarm) -> SafeString:
        is_open = alarm.closed_at is None
        return state_badge("open", "bad") if is_open else state_badge("over", "good")

    @admin.display(description="opened", ordering="opened_at")
    def opened(self, alarm: UsageAlarm) -> str:
        return instant_words(alarm.opened_at)

    @admin.display(description="closed", ordering="closed_at")
    def closed(self, alarm: UsageAlarm) -> str:
        return instant_words(alarm.closed_at)


def open_alarms_table(user: Any) -> Table | None:
    """Return the alarms that are open, None where there are none or the person may not look."""
    if not may_see(user, "usage.usagealarm"):
        return None
    alarms = UsageAlarm.objects.filter(closed_at=None).select_related("source__partner")
    rows = []
    for alarm in alarms:
        words = alarm_words(alarm)
        page = reverse("admin:usage_usagealarm_change", args=[alarm.pk])
        rows.append((text(words.title, link=page), text(words.detail), text(words.advice)))
    return Table("Not as usual", ("Alarm", "Found", "What to do"), rows) if rows else None
