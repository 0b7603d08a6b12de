"""Who looked at call records: kept for ever, changed by nobody."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.words import instant_words
from accounts.models import LookedAs, RecordLook

_PAGES = {
    "admin:usage_event_changelist": "event browser",
    "admin:usage_event_change": "page of an event",
    "admin:usage_event_amend": "amending an event",
    "admin:usage_quarantinedevent_change": "event in quarantine",
    "admin:usage_erasure_person": "records of a person",
    "admin:usage_usagefile_mapping": "first rows of a file",
    "admin:usage_usagefile_errors": "errors of a file, as CSV",
    "portal:line_events": "calls of an invoice line",
    "portal:line_events_csv": "calls of an invoice line, as CSV",
    "partner:event": "partner: page of an event",
    "partner:events": "partner: list of events",
    "partner:file_mapping": "partner: first rows of a file",
    "partner:file_errors": "partner: errors of a file, as CSV",
    "partner:docs": "partner: example in the docs",
}
_API = "api"


def page_words(name: str) -> str:
    """Return the name of an address in words, itself where there are none."""
    return _PAGES.get(name, name)


class PageFilter(admin.SimpleListFilter):
    """One kind of page; those of the API together."""

    title = "page"
    parameter_name = "page"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*_PAGES.items(), (_API, "API")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == _API:
            return queryset.filter(looked_as=LookedAs.API_KEY)
        return queryset.filter(page=self.value()) if self.value() else queryset


@admin.register(RecordLook)
class RecordLookAdmin(ReadOnlyAdmin):
    """Newest first."""

    list_display = (
        "when", "who", "looked_as", "where", "whose", "records", "asked",
    )  # fmt: skip
    list_filter = ("looked_as", PageFilter, ("partner", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("user", "api_key__partner", "customer", "partner")
    date_hierarchy = "at"
    search_fields = (
        "user__email", "customer__name", "=customer__external_id", "asked",
    )  # fmt: skip
    show_full_result_count = False
    fields = ("when", "who", "looked_as", "where", "page", "customer", "partner", "records",
              "asked")  # fmt: skip
    readonly_fields = fields

    def get_fields(self, request: HttpRequest, obj: RecordLook | None = None) -> tuple[str, ...]:
        return self.fields

    @admin.display(description="when", ordering="at")
    def when(self, seen: RecordLook) -> str:
        return instant_words(seen.at)

    @admin.display(description="who")
    def who(self, seen: RecordLook) -> str:
        if seen.api_key is not None:
            return f"key {seen.api_key} of {seen.api_key.partner}"
        return str(seen.user)

    @admin.display(description="where", ordering="page")
    def where(self, seen: RecordLook) -> str:
        return page_words(seen.page)

    @admin.display(description="records of")
    def whose(self, seen: RecordLook) -> str:
        return ", ".join(str(each) for each in (seen.customer, seen.partner) if each) or "–"

    @admin.display(description="records", ordering="rows")
    def records(self, seen: RecordLook) -> str:
        return "an export that did not end" if seen.rows is None else f"{seen.rows:,}"
