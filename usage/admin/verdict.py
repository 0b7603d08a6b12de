"""What became of usage: fallback uses, what is not priced, what came late."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.tables import may_see
from accounts.admin.pages.words import (
    NOTHING,
    instant_words,
    quantity_words,
    start_words,
    state_badge,
)
from usage.admin.event_search import events_address
from usage.models import RatingVerdict, Verdict

_TONES = {
    Verdict.RATED.value: "good",
    Verdict.FALLBACK.value: "waiting",
    Verdict.LATE.value: "waiting",
    "awaiting": "plain",
    "void": "plain",
}


def verdict_badge(verdict: str) -> SafeString:
    """Return a verdict as word, colour and icon; ``awaiting`` is none yet."""
    return state_badge(verdict.replace("_", " "), _TONES.get(verdict, "bad"))


def hint_words(hint: dict[str, str] | None) -> str:
    """Return ``region: US`` of the declared values that were nearly meant."""
    if not hint:
        return NOTHING
    return "did you mean " + ", ".join(f"{name}: {value}" for name, value in hint.items()) + "?"


class VerdictFilter(admin.SimpleListFilter):
    """What is worth a look, unless asked for all."""

    title = "verdict"
    parameter_name = "verdict"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((v.value, str(v.label)) for v in Verdict), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": "to look at"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset.exclude(verdict=Verdict.RATED)
        return queryset if self.value() == "all" else queryset.filter(verdict=self.value())


class HintFilter(admin.SimpleListFilter):
    """Whether a declared value differs in case or space alone."""

    title = "hint"
    parameter_name = "hint"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "with a hint"), ("no", "without")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(hint__isnull=self.value() == "no")


def _linked_where_seen(columns: Sequence[str], request: HttpRequest) -> tuple[str, ...]:
    """Return the columns, the number of events without a link for who may not look at them."""
    if may_see(request.user, "usage.event"):
        return tuple(columns)
    return tuple("events_told" if column == "events_number" else column for column in columns)


@admin.register(RatingVerdict)
class RatingVerdictAdmin(ReadOnlyAdmin):
    """Verdicts, those first that ask for somebody."""

    list_display = (
        "verdict_shown", "customer", "combination", "hint_shown", "quantity_number",
        "events_number", "meter_code", "price", "first_day", "billed",
    )  # fmt: skip
    list_filter = (VerdictFilter, HintFilter, "meter", "is_final", "customer__legal_entity")
    list_select_related = ("customer", "meter", "dimensions")
    date_hierarchy = "starts_at"
    search_fields = ("=customer__external_id", "customer__name", "=price")
    show_full_result_count = False
    fields = (
        "customer", "meter_code", "combination", "since", "until", "quantity_number",
        "events_number", "verdict_shown", "price", "hint_shown", "billed", "decided",
        "is_final",
    )  # fmt: skip
    readonly_fields = (*fields, "events_told")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return _linked_where_seen(self.list_display, request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return _linked_where_seen(self.fields, request)

    @admin.display(description="from", ordering="starts_at")
    def since(self, row: RatingVerdict) -> str:
        return instant_words(row.starts_at, row.customer.timezone)

    @admin.display(description="from", ordering="starts_at")
    def first_day(self, row: RatingVerdict) -> str:
        return start_words(row.starts_at, row.customer.timezone)

    @admin.display(description="to", ordering="ends_at")
    def until(self, row: RatingVerdict) -> str:
        return instant_words(row.ends_at, row.customer.timezone)

    @admin.display(description="meter", ordering="meter__code")
    def meter_code(self, row: RatingVerdict) -> str:
        return row.meter.code

    @admin.display(description="dimensions")
    def combination(self, row: RatingVerdict) -> str:
        return ", ".join(f"{k}: {v}" for k, v in row.dimensions.values.items()) or NOTHING

    @admin.display(description="quantity", ordering="quantity")
    def quantity_number(self, row: RatingVerdict) -> str:
        return quantity_words(row.quantity, row.meter.unit)

    @admin.display(description="events", ordering="events")
    def events_number(self, row: RatingVerdict) -> SafeString:
        address = events_address(
            customer=row.customer.public_id,
            meter_id=row.meter_id,
            combination=row.dimensions_id,
            start=row.starts_at,
            end=row.ends_at,
            seen=row.usage_snapshot,
        )
        return format_html('<a href="{}">{}</a>', address, self.events_told(row))

    @admin.display(description="events", ordering="events")
    def events_told(self, row: RatingVerdict) -> str:
        return f"{row.events:,}"

    @admin.display(description="decided", ordering="decided_at")
    def decided(self, row: RatingVerdict) -> str:
        return instant_words(row.decided_at)

    @admin.display(description="verdict", ordering="verdict")
    def verdict_shown(self, row: RatingVerdict) -> SafeString:
        return verdict_badge(row.verdict)

    @admin.display(description="hint")
    def hint_shown(self, row: RatingVerdict) -> str:
        return hint_words(row.hint)

    @admin.display(description="billed")
    def billed(self, row: RatingVerdict) -> SafeString | str:
        if not row.invoice:
            return NOTHING
        page = reverse("admin:invoicing_invoice_change", args=[quote(row.invoice)])
        return format_html('<a href="{}#{}">invoice</a>', page, row.line)
