"""Who changed what, when and why, over everything that is tracked."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from pghistory.core import event_models
from pghistory.models import MiddlewareEvents

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.history import TrackedEvent, tracked_events
from accounts.admin.pages.words import NOTHING, instant_words
from accounts.models import User

DAYS = {"1": 1, "7": 7, "30": 30, "365": 365}


class KindFilter(admin.SimpleListFilter):
    """What was changed."""

    title = "what"
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        tracked = {model.pgh_tracked_model for model in _event_models()}
        return sorted((model._meta.label, str(model._meta.verbose_name)) for model in tracked)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {model.pgh_tracked_model._meta.label: model for model in _event_models()}
        if self.value() not in known:
            return queryset
        return queryset.across(known[self.value()])  # type: ignore[attr-defined]


class WhoFilter(admin.SimpleListFilter):
    """Which of the staff."""

    title = "who"
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(user.pk), user.email) for user in User.objects.filter(is_staff=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        who = self.value() or ""
        return queryset.filter(user=int(who)) if who.isdecimal() and len(who) < 19 else queryset


class SinceFilter(admin.SimpleListFilter):
    """How far back; the last week unless asked for more."""

    title = "time"
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "last day"), ("30", "last 30 days"), ("365", "last year"), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": "last 7 days"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        days = timedelta(days=DAYS.get(self.value() or "7", 7))
        return queryset.filter(pgh_created_at__gte=datetime.now(UTC) - days)


@admin.register(MiddlewareEvents)
class AuditAdmin(ReadOnlyAdmin):
    """Every tracked change; a change leads to the page of what was changed."""

    list_display = ("at", "who", "about", "changes", "why")
    list_display_links = None
    list_filter = (KindFilter, WhoFilter, SinceFilter)
    list_select_related = ("user",)
    search_fields = ("=pgh_obj_id", "url")
    search_help_text = "The number of an object, or a part of the address that was used."
    show_full_result_count = False
    ordering = ("-pgh_created_at", "-pgh_id")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "title": "Changes"})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        events: QuerySet[Any] = MiddlewareEvents.objects.order_by(*self.ordering)
        return events

    @admin.display(description="when")
    def at(self, event: Any) -> str:
        return instant_words(event.pgh_created_at)

    @admin.display(description="who")
    def who(self, event: Any) -> str:
        return str(event.user) if event.user else "the system"

    @admin.display(description="what")
    def about(self, event: Any) -> SafeString | str:
        read = _read(event)
        model = apps.get_model(event.pgh_obj_model)
        try:
            page = reverse(
                f"admin:{model._meta.app_label}_{model._meta.model_name}_change",
                args=[event.pgh_obj_id],
            )
        except NoReverseMatch:
            return f"{read.about} {read.what}"
        return format_html('<a href="{}">{}</a> {}', page, read.about, read.what)

    @admin.display(description="changes")
    def changes(self, event: Any) -> SafeString:
        shown = [(c.field, c.old or "nothing", c.new or "nothing") for c in _read(event).changes]
        if not event.pgh_diff:
            return format_html_join(", ", "{}: {}", [(name, new) for name, _, new in shown])
        return format_html_join(", ", "{}: {} → {}", shown)

    @admin.display(description="why")
    def why(self, event: Any) -> str:
        return _read(event).reason or NOTHING


def _event_models() -> list[Any]:
    return list(event_models())


def _read(event: Any) -> TrackedEvent:
    if not hasattr(event, "read"):
        event.read = tracked_events([event], with_names=False)[0]
    read: TrackedEvent = event.read
    return read
