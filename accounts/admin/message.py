"""E-mails to people, other than those that carry invoices."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.admin.email_preview import framed, preview
from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.words import instant_words, state_badge
from accounts.documents.message import MessageText, sender_of
from accounts.mail_attempts import MOST_ATTEMPTS
from accounts.models import Message
from accounts.operations.retry_message import AlreadySent, retry_message

_GIVEN_UP = Q(sent_at=None, attempts__gte=MOST_ATTEMPTS)
_STATES = {
    "sent": ("sent", Q(sent_at__isnull=False)),
    "waiting": ("waiting", Q(sent_at=None) & ~_GIVEN_UP),
    "failed": ("failed so far", Q(sent_at=None, attempts__gt=0) & ~_GIVEN_UP),
    "given_up": ("given up", _GIVEN_UP),
}


# Whoever has the address of an invitation may take the place of whom it invites.
_SECRET = re.compile(r"(/invitations/(?:partners/)?)[^/\s\"'<>]+")


def _shown(body: str) -> str:
    return _SECRET.sub(r"\1(hidden)", body)


def _retry(admin_: Any, request: HttpRequest, message: Message, entered: dict[str, Any]) -> str:
    retry_message(message_pk=message.pk, now=timezone.now())
    return "It is tried again within a minute."


class StateFilter(admin.SimpleListFilter):
    """Sent, waiting for its first or next try, or given up."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, label) for value, (label, _) in _STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = _STATES.get(self.value() or "")
        return queryset if state is None else queryset.filter(state[1])


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """What was sent to whom, and what did not get out."""

    list_display = ("subject", "kind", "to", "reader_of", "state", "queued", "attempts")
    list_filter = (StateFilter, "kind", "brand")
    list_select_related = ("customer", "partner")
    date_hierarchy = "queued_at"
    search_fields = ("to", "subject", "customer__name", "partner__name")
    show_full_result_count = False
    fields = (
        "kind", "customer", "partner", "to", "subject", "state", "queued", "sent", "attempts",
        "last_error",
    )  # fmt: skip
    readonly_fields = fields
    buttons = (
        Button(
            name="retry",
            label="Try again",
            permission="accounts.change_message",
            press=_retry,
            refusals=(AlreadySent,),
            is_offered=lambda message: message.sent_at is None and message.attempts > 0,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("html", "text")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                "<path:object_id>/email/body/",
                view(framed(self.body_view)),
                name="accounts_message_body",
            ),
            path("<path:object_id>/email/", view(self.email_view), name="accounts_message_email"),
        ]
        return own + super().get_urls()

    def links(self, request: HttpRequest, obj: Message) -> Sequence[tuple[str, str]]:
        return [("E-mail", reverse("admin:accounts_message_email", args=[obj.pk]))]

    def email_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Return the page that shows the message as it was written."""
        message = self._message(request, object_id)
        return preview(
            self,
            request,
            message,
            title="E-mail",
            message=MessageText(
                subject=message.subject, text=_shown(message.text), html=_shown(message.html)
            ),
            sender=sender_of(message.brand),
            to=message.to,
            body_url=reverse("admin:accounts_message_body", args=[message.pk]),
        )

    def body_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Return the message's HTML alone."""
        return HttpResponse(_shown(self._message(request, object_id).html))

    def _message(self, request: HttpRequest, object_id: str) -> Message:
        if not self.has_view_permission(request):
            raise PermissionDenied
        message: Message | None = self.get_object(request, unquote(object_id))
        if message is None:
            raise Http404
        return message

    @admin.display(description="of", ordering="customer__name")
    def reader_of(self, message: Message) -> str:
        return str(message.customer or message.partner)

    @admin.display(description="state")
    def state(self, message: Message) -> SafeString:
        if message.sent_at is not None:
            return state_badge("sent", "good")
        if message.attempts >= MOST_ATTEMPTS:
            return state_badge("given up", "bad")
        if message.attempts:
            return state_badge("failed so far", "bad")
        return state_badge("waiting", "waiting")

    @admin.display(description="queued", ordering="queued_at")
    def queued(self, message: Message) -> str:
        return instant_words(message.queued_at)

    @admin.display(description="sent")
    def sent(self, message: Message) -> str:
        return instant_words(message.sent_at)
