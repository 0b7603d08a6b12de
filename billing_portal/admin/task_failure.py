"""Background work that failed, until it succeeds or somebody deals with it."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.words import instant_words, state_badge
from billing_portal.models import TaskFailure
from billing_portal.operations.settle_task_failure import AlreadySettled, deal_with_task_failure

CHANGE = "billing_portal.change_taskfailure"


def _deal(admin_: Any, request: HttpRequest, failure: TaskFailure, entered: dict[str, Any]) -> str:
    deal_with_task_failure(failure=failure, now=datetime.now(UTC))
    return "It is dealt with. Should the work fail again, it is listed anew."


class OpenFilter(admin.SimpleListFilter):
    """Those that nobody has dealt with, unless asked for the others."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("settled", "settled"), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": "open"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(settled_at__isnull=self.value() != "settled")


@admin.register(TaskFailure)
class TaskFailureAdmin(ReadOnlyAdmin):
    """Failed tasks, the open ones first, then the latest."""

    list_display = ("task", "arguments", "times_number", "error", "last_failed", "state")
    list_filter = (OpenFilter, "task")
    search_fields = ("task", "arguments", "error")
    search_help_text = "A task, an id that it was given, or a part of the error."
    date_hierarchy = "last_at"
    show_full_result_count = False
    ordering = (F("settled_at").asc(nulls_first=True), "-last_at")
    actions = ("settle_selected",)
    fields = (
        "task", "arguments", "error", "times_number", "first_failed", "last_failed", "state",
        "settled",
    )  # fmt: skip
    readonly_fields = fields
    buttons = (
        Button(
            name="settle",
            label="Dealt with",
            permission=CHANGE,
            press=_deal,
            refusals=(AlreadySettled,),
            is_offered=lambda failure: failure.settled_at is None,
        ),
    )

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may say that failures are dealt with."""
        return request.user.has_perm(CHANGE)

    @admin.action(description="Dealt with", permissions=["settle"])
    def settle_selected(self, request: HttpRequest, failures: QuerySet[Any]) -> None:
        """Take each off the list of what is open."""
        settled = failures.filter(settled_at=None).update(settled_at=datetime.now(UTC))
        self.message_user(request, f"{settled} dealt with.")

    @admin.display(description="times", ordering="times")
    def times_number(self, failure: TaskFailure) -> int:
        return failure.times

    @admin.display(description="first", ordering="first_at")
    def first_failed(self, failure: TaskFailure) -> str:
        return instant_words(failure.first_at)

    @admin.display(description="last", ordering="last_at")
    def last_failed(self, failure: TaskFailure) -> str:
        return instant_words(failure.last_at)

    @admin.display(description="settled")
    def settled(self, failure: TaskFailure) -> str:
        return instant_words(failure.settled_at)

    @admin.display(description="state", ordering="settled_at")
    def state(self, failure: TaskFailure) -> SafeString:
        if failure.settled_at is None:
            return state_badge("open", "bad")
        return state_badge("settled", "good")
