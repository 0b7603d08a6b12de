"""What customers asked, open ones first, and the answers."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.tables import Table
from accounts.admin.pages.words import NOTHING, instant_words, state_badge
from accounts.documents.usable_brand import UnusableBrand
from accounts.models import User
from invoicing.admin.invoice_tables import line_table
from invoicing.models import InvoiceLine, Question
from invoicing.operations.answer_question import AlreadyAnswered, answer_question

LONGEST_ANSWER = 5_000


class AnswerForm(forms.Form):
    """The answer, which cannot be changed once it is given."""

    answer = forms.CharField(
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
        help_text="It goes to the person who asked by e-mail, and stands on the customer's pages.",
    )


def _answer(admin_: Any, request: HttpRequest, question: Question, entered: dict[str, Any]) -> str:
    assert isinstance(request.user, User)
    answer_question(
        question_id=question.pk,
        answer=entered["answer"].replace("\r\n", "\n"),
        answered_by=request.user,
        now=timezone.now(),
    )
    return f"Answered. {question.asked_by} is told by e-mail within a minute."


class OpenFilter(admin.SimpleListFilter):
    """Open or answered."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "open"), ("answered", "answered")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "open":
            return queryset.filter(answered_at=None)
        if self.value() == "answered":
            return queryset.filter(answered_at__isnull=False)
        return queryset


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    """What customers asked: those that wait longest stand first."""

    list_display = ("question", "customer", "about", "state", "asked")
    list_filter = (OpenFilter, "invoice__legal_entity")
    list_select_related = ("invoice__customer", "asked_by")
    search_fields = ("text", "answer", "invoice__number", "invoice__customer__name")
    show_full_result_count = False
    fields = (
        "state", "customer", "invoice_linked", "line_linked", "asked_by", "asked", "text",
        "answered_by", "answered", "answer",
    )  # fmt: skip
    readonly_fields = fields
    buttons = (
        Button(
            name="answer",
            label="Answer",
            permission="invoicing.change_question",
            press=_answer,
            refusals=(AlreadyAnswered, UnusableBrand),
            is_offered=lambda question: question.answered_at is None,
            form=AnswerForm,
            facts_template="admin/invoicing/answer.html",
            is_irreversible=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("invoice__customer", "asked_by")

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        return (F("answered_at").desc(nulls_first=True), "asked_at", "pk")

    def tables(self, request: HttpRequest, obj: Question) -> Sequence[Table]:
        line = _line(obj)
        return () if line is None else (line_table(obj.invoice, line, user=request.user),)

    @admin.display(description="question")
    def question(self, question: Question) -> str:
        return str(question)

    @admin.display(description="customer", ordering="invoice__customer__name")
    def customer(self, question: Question) -> SafeString:
        customer = question.invoice.customer
        address = reverse("admin:accounts_customer_change", args=[customer.pk])
        return format_html('<a href="{}">{}</a>', address, customer)

    @admin.display(description="about")
    def about(self, question: Question) -> str:
        return question.line_shown or str(question.invoice)

    @admin.display(description="invoice")
    def invoice_linked(self, question: Question) -> SafeString:
        return format_html('<a href="{}">{}</a>', _invoice_address(question), question.invoice)

    @admin.display(description="line, as it was shown")
    def line_linked(self, question: Question) -> SafeString | str:
        if question.line_uid is None:
            return f"{NOTHING} (the whole invoice)"
        if _line(question) is None:
            return f"{question.line_shown} (written anew since)"
        address = f"{_invoice_address(question)}#{question.line_public_id}"
        return format_html('<a href="{}">{}</a>', address, question.line_shown)

    @admin.display(description="state", ordering="answered_at")
    def state(self, question: Question) -> SafeString:
        if question.answered_at is None:
            return state_badge("open", "waiting")
        return state_badge("answered", "good")

    @admin.display(description="asked", ordering="asked_at")
    def asked(self, question: Question) -> str:
        return instant_words(question.asked_at)

    @admin.display(description="answered", ordering="answered_at")
    def answered(self, question: Question) -> str:
        return instant_words(question.answered_at)


def _line(question: Question) -> InvoiceLine | None:
    if question.line_uid is None:
        return None
    return InvoiceLine.objects.filter(invoice_id=question.invoice_id, uid=question.line_uid).first()


def _invoice_address(question: Question) -> str:
    return reverse("admin:invoicing_invoice_change", args=[question.invoice_id])
