"""E-mails that carry invoices."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.words import instant_words, state_badge
from invoicing.models import InvoiceEmail
from invoicing.operations.retry_email import AlreadySent, retry_email


def _retry(admin_: Any, request: HttpRequest, email: InvoiceEmail, entered: dict[str, Any]) -> str:
    retry_email(email_id=email.pk)
    return "It is tried again within a minute."


class SentFilter(admin.SimpleListFilter):
    """Sent, or waiting for the next try."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("sent", "sent"), ("waiting", "waiting"), ("failed", "failed so far")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "sent":
            return queryset.filter(sent_at__isnull=False)
        if self.value() == "waiting":
            return queryset.filter(sent_at=None)
        if self.value() == "failed":
            return queryset.filter(sent_at=None).exclude(last_error="")
        return queryset


@admin.register(InvoiceEmail)
class InvoiceEmailAdmin(ReadOnlyAdmin):
    """What was sent to whom."""

    list_display = ("subject", "to", "invoice", "state", "queued", "sent", "attempts")
    list_filter = (SentFilter, "invoice__legal_entity")
    list_select_related = ("invoice",)
    date_hierarchy = "queued_at"
    search_fields = ("to", "subject", "invoice__number")
    show_full_result_count = False
    fields = (
        "invoice",
        "to",
        "subject",
        "state",
        "queued",
        "sent",
        "attempts",
        "last_error",
        "text",
    )
    readonly_fields = fields
    buttons = (
        Button(
            name="retry",
            label="Try again",
            permission="invoicing.change_invoiceemail",
            press=_retry,
            refusals=(AlreadySent,),
            is_offered=lambda email: email.sent_at is None and email.attempts > 0,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("html")

    @admin.display(description="state")
    def state(self, email: InvoiceEmail) -> SafeString:
        if email.sent_at is not None:
            return state_badge("sent", "good")
        if email.last_error:
            return state_badge("failed so far", "bad")
        return state_badge("waiting", "waiting")

    @admin.display(description="queued", ordering="queued_at")
    def queued(self, email: InvoiceEmail) -> str:
        return instant_words(email.queued_at)

    @admin.display(description="sent", ordering="sent_at")
    def sent(self, email: InvoiceEmail) -> str:
        return instant_words(email.sent_at)
