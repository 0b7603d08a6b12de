"""Visits of staff to customers' pages: who looked at what, when and why."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.tables import Table, text
from accounts.admin.pages.words import instant_words, state_badge
from accounts.models import StaffVisit
from accounts.queries.open_visits import LONGEST_VISIT

MOST_PAGES = 500


@admin.register(StaffVisit)
class StaffVisitAdmin(ReadOnlyAdmin):
    """Kept for ever; nobody changes them."""

    list_display = (
        "visit_shown", "staff", "customer", "reason", "ended", "pages_number", "state",
    )  # fmt: skip
    list_filter = ("customer__legal_entity", ("staff", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("staff", "customer")
    date_hierarchy = "started_at"
    search_fields = ("staff__email", "customer__name", "customer__external_id", "reason")
    show_full_result_count = False
    fields = ("staff", "customer", "reason", "visit_shown", "ended", "state")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(page_count=Count("pages"))

    def tables(self, request: HttpRequest, obj: StaffVisit) -> Sequence[Table]:
        pages = obj.pages.order_by("at", "pk")[: MOST_PAGES + 1]
        rows = [(text(instant_words(page.at)), text(page.path)) for page in pages]
        more = f"These are the first {MOST_PAGES}." if len(rows) > MOST_PAGES else ""
        return (
            Table(
                "Pages that were looked at",
                ("When", "Page"),
                rows[:MOST_PAGES],
                empty="No page was opened.",
                note=more,
            ),
        )

    @admin.display(description="started", ordering="started_at")
    def visit_shown(self, visit: StaffVisit) -> str:
        return instant_words(visit.started_at)

    @admin.display(description="ended", ordering="ended_at")
    def ended(self, visit: StaffVisit) -> str:
        if visit.ended_at is None and self._is_over(visit):
            return instant_words(visit.started_at + LONGEST_VISIT)
        return instant_words(visit.ended_at)

    @admin.display(description="pages", ordering="page_count")
    def pages_number(self, visit: Any) -> int:
        return visit.page_count

    @admin.display(description="state")
    def state(self, visit: StaffVisit) -> SafeString:
        if visit.ended_at is None and not self._is_over(visit):
            return state_badge("going on", "waiting")
        return state_badge("over", "plain")

    def _is_over(self, visit: StaffVisit) -> bool:
        return timezone.now() - visit.started_at >= LONGEST_VISIT
