"""Bill runs."""

from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.words import instant_words, state_badge
from invoicing.models import BillRun


class OutcomeFilter(admin.SimpleListFilter):
    """Whether somebody must look."""

    title = "outcome"
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("running", "running"), ("failed", "with failures"), ("stopped", "with stops")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {
            "running": Q(finished_at=None, customers_done__lt=F("customers_due")),
            "failed": Q(failed__gt=0),
            "stopped": Q(stopped__gt=0),
        }
        return queryset.filter(wanted[self.value()]) if self.value() in wanted else queryset  # type: ignore[index]


@admin.register(BillRun)
class BillRunAdmin(ReadOnlyAdmin):
    """What was billed when, and what came of it."""

    list_display = (
        "as_of_shown", "state", "progress", "drafted", "issued", "stopped", "failed", "started",
        "finished",
    )  # fmt: skip
    list_filter = (OutcomeFilter,)
    date_hierarchy = "started_at"
    search_fields = ("last_error",)
    show_full_result_count = False
    fields = (
        "as_of_shown", "state", "progress", "started", "finished", "drafted", "issued", "stopped",
        "failed", "last_error",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description="as of", ordering="as_of")
    def as_of_shown(self, run: BillRun) -> str:
        return instant_words(run.as_of)

    @admin.display(description="started", ordering="started_at")
    def started(self, run: BillRun) -> str:
        return instant_words(run.started_at)

    @admin.display(description="finished", ordering="finished_at")
    def finished(self, run: BillRun) -> str:
        return instant_words(run.finished_at)

    @admin.display(description="customers")
    def progress(self, run: BillRun) -> SafeString:
        return format_html(
            '<progress max="{}" value="{}"></progress> {} of {}',
            run.customers_due, run.customers_done, run.customers_done, run.customers_due,
        )  # fmt: skip

    @admin.display(description="state")
    def state(self, run: BillRun) -> SafeString:
        if run.failed:
            return state_badge("failures", "bad")
        if run.finished_at is None:
            return state_badge("running", "waiting")
        return (
            state_badge("done, some stopped", "waiting")
            if run.stopped
            else state_badge("done", "good")
        )
