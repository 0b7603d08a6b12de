"""Events that wait: why, and another try."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.words import instant_words, state_badge
from usage.admin.body import pretty_body
from usage.models import QuarantinedEvent
from usage.operations.replay_quarantined import NotInQuarantine, replay_quarantined


def _replay(
    admin_: Any, request: HttpRequest, event: QuarantinedEvent, entered: dict[str, Any]
) -> str:
    outcome = replay_quarantined(key=event.key, now=datetime.now(UTC))
    if outcome.status == "accepted":
        return "The event is accepted and will be billed."
    reasons = [fault.detail for fault in outcome.faults] or [outcome.detail]
    messages.warning(request, f"It goes on waiting: {'; '.join(reasons)}.")
    return "It was tried again."


class WaitingFilter(admin.SimpleListFilter):
    """Those that wait, unless asked for the others."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("resolved", "replayed"), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": "waiting"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(resolved_at__isnull=self.value() != "resolved")


@admin.register(QuarantinedEvent)
class QuarantinedEventAdmin(ReadOnlyAdmin):
    """The quarantine."""

    list_display = (
        "received", "source", "event_name", "customer_reference", "reason", "state",
    )  # fmt: skip
    list_filter = (WaitingFilter, "reason", "source__partner", "source__mode")
    list_select_related = ("source__partner",)
    date_hierarchy = "received_at"
    search_fields = ("=idempotency_key", "=customer_reference", "=event_name")
    show_full_result_count = False
    actions = ("replay_selected",)
    fields = (
        "public_id", "state", "reason", "detail", "source", "event_name", "customer_reference",
        "idempotency_key", "occurred_at", "received_at", "resolved_at", "body",
    )  # fmt: skip
    readonly_fields = fields
    buttons = (
        Button(
            name="replay",
            label="Replay",
            permission="usage.change_quarantinedevent",
            press=_replay,
            refusals=(NotInQuarantine,),
            is_offered=lambda event: event.resolved_at is None,
        ),
    )

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may try events again."""
        return request.user.has_perm("usage.change_quarantinedevent")

    @admin.action(description="Replay the selected events", permissions=["replay"])
    def replay_selected(self, request: HttpRequest, events: QuerySet[Any]) -> None:
        """Try each again; what still cannot be attributed goes on waiting."""
        accepted = waiting = 0
        for key in events.filter(resolved_at=None).values_list("key", flat=True):
            try:
                outcome = replay_quarantined(key=key, now=datetime.now(UTC))
            except NotInQuarantine:
                continue
            accepted += outcome.status == "accepted"
            waiting += outcome.status != "accepted"
        level = messages.WARNING if waiting else messages.SUCCESS
        self.message_user(request, f"{accepted} accepted, {waiting} go on waiting.", level)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields

    @admin.display(description="received", ordering="received_at")
    def received(self, event: QuarantinedEvent) -> str:
        return instant_words(event.received_at)

    @admin.display(description="id")
    def public_id(self, event: QuarantinedEvent) -> str:
        return event.public_id

    @admin.display(description="state")
    def state(self, event: QuarantinedEvent) -> SafeString:
        if event.resolved_at is None:
            return state_badge("waiting", "waiting")
        return state_badge("replayed", "good")

    @admin.display(description="as it was sent")
    def body(self, event: QuarantinedEvent) -> SafeString:
        return format_html('<pre class="sent">{}</pre>', pretty_body(event.sent))
