"""Events that wait: why, and another try."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.words import instant_words, quoted, state_badge
from accounts.looking import staff_look
from usage.admin.alarm import open_alarms_table
from usage.admin.body import pretty_body
from usage.admin.causes import causes_address, causes_table
from usage.models import QuarantinedEvent, QuarantineReason
from usage.operations.discard_event import ReasonNeeded, discard_event
from usage.operations.replay_quarantined import NotInQuarantine, replay_quarantined

MOST_SELECTED = 200
"""Events that one request tries again; whatever is more is a cause, and done in the background."""


def _replay(
    admin_: Any, request: HttpRequest, event: QuarantinedEvent, entered: dict[str, Any]
) -> str:
    outcome = replay_quarantined(key=event.key, now=datetime.now(UTC))
    if outcome.status == "accepted":
        return "The event is accepted and will be billed."
    reasons = [fault.detail for fault in outcome.faults] or [outcome.detail]
    messages.warning(request, f"It goes on waiting: {'; '.join(reasons)}.")
    return "It was tried again."


def _discard(
    admin_: Any, request: HttpRequest, event: QuarantinedEvent, entered: dict[str, Any]
) -> str:
    reason = request.POST.get("_reason", "").replace("\x00", "")[:500]
    discard_event(key=event.key, reason=reason, now=datetime.now(UTC))
    return "The event is discarded."


class WaitingFilter(admin.SimpleListFilter):
    """Those that wait, unless asked for the others."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("resolved", "replayed"), ("discarded", "discarded"), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": "waiting"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        if self.value() == "discarded":
            return queryset.exclude(discarded_reason="")
        queryset = queryset.filter(discarded_reason="")
        return queryset.filter(resolved_at__isnull=self.value() != "resolved")


@admin.register(QuarantinedEvent)
class QuarantinedEventAdmin(ReadOnlyAdmin):
    """The quarantine."""

    list_display = (
        "received", "source", "event_named", "customer_named", "reason", "state",
    )  # fmt: skip
    list_filter = (WaitingFilter, "reason", "source__partner", "source__mode")
    list_select_related = ("source__partner",)
    date_hierarchy = "received_at"
    search_fields = ("=idempotency_key", "=customer_reference", "=event_name")
    show_full_result_count = False
    actions = ("replay_selected",)
    change_list_template = "admin/usage/quarantine_list.html"
    fields = (
        "public_id", "state", "reason", "detail", "source", "event_name", "customer_reference",
        "idempotency_key", "occurred", "received", "resolved", "discarded_reason", "body",
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
        Button(
            name="discard",
            label="Discard",
            permission="usage.change_quarantinedevent",
            press=_discard,
            refusals=(NotInQuarantine, ReasonNeeded),
            is_offered=lambda event: event.resolved_at is None,
            facts_template="admin/usage/discard_event.html",
            is_irreversible=True,
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        causes = path(
            "causes/",
            self.admin_site.admin_view(self.causes_view),
            name="usage_quarantinedevent_causes",
        )
        return [causes, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """List the events, with a link to what those of the chosen reason wait for."""
        address = causes_address(request.GET.get("reason__exact", ""))
        return super().changelist_view(request, {"causes": address, **(extra_context or {})})

    def causes_view(self, request: HttpRequest) -> HttpResponse:
        """Show what the events wait for, those of one reason or all, and what to do about it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("reason", "")
        reason = QuarantineReason(asked) if asked in QuarantineReason.values else None
        context = {
            **self.admin_site.each_context(request),
            "title": "What events wait for",
            "opts": self.opts,
            "alarms": open_alarms_table(request.user),
            "table": causes_table(request, reason=reason),
            "every": causes_address() if reason else "",
            "jobs": reverse("admin:usage_replayjob_changelist"),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/usage/causes.html", context)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may try events again."""
        return request.user.has_perm("usage.change_quarantinedevent")

    @admin.action(description="Replay the selected events", permissions=["replay"])
    def replay_selected(self, request: HttpRequest, events: QuerySet[Any]) -> None:
        """Try each again; what still cannot be attributed goes on waiting."""
        accepted = waiting = 0
        selected = events.filter(resolved_at=None).values_list("key", flat=True)
        keys = list(selected[: MOST_SELECTED + 1])
        if len(keys) > MOST_SELECTED:
            self.message_user(
                request,
                f"At most {MOST_SELECTED} are replayed at once: of more, replay a whole cause.",
                messages.ERROR,
            )
            return
        for key in keys:
            try:
                outcome = replay_quarantined(key=key, now=datetime.now(UTC))
            except NotInQuarantine:
                continue
            accepted += outcome.status == "accepted"
            waiting += outcome.status != "accepted"
        level = messages.WARNING if waiting else messages.SUCCESS
        self.message_user(request, f"{accepted} accepted, {waiting} go on waiting.", level)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the event with its body, on record."""
        answer = super().change_view(request, object_id, form_url, extra_context)
        event: QuarantinedEvent | None = self.get_object(request, unquote(object_id))
        if event is not None and answer.status_code == HTTPStatus.OK:
            partner = event.source.partner
            staff_look(request, rows=1, asked=event.public_id, partner=partner)
        return answer

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields

    @admin.display(description="received", ordering="received_at")
    def received(self, event: QuarantinedEvent) -> str:
        return instant_words(event.received_at)

    @admin.display(description="happened")
    def occurred(self, event: QuarantinedEvent) -> str:
        return instant_words(event.occurred_at)

    @admin.display(description="resolved")
    def resolved(self, event: QuarantinedEvent) -> str:
        return instant_words(event.resolved_at)

    @admin.display(description="event name", ordering="event_name")
    def event_named(self, event: QuarantinedEvent) -> str:
        return quoted(event.event_name)

    @admin.display(description="customer reference", ordering="customer_reference")
    def customer_named(self, event: QuarantinedEvent) -> str:
        return quoted(event.customer_reference)

    @admin.display(description="id")
    def public_id(self, event: QuarantinedEvent) -> str:
        return event.public_id

    @admin.display(description="state")
    def state(self, event: QuarantinedEvent) -> SafeString:
        if event.resolved_at is None:
            return state_badge("waiting", "waiting")
        if event.discarded_reason:
            return state_badge("discarded", "bad")
        return state_badge("replayed", "good")

    @admin.display(description="as it was sent")
    def body(self, event: QuarantinedEvent) -> SafeString:
        return format_html('<pre class="sent">{}</pre>', pretty_body(event.sent))
