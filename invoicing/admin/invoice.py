"""Invoices."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, reverse

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.tables import Table
from accounts.admin.pages.words import day_words, instant_words, money_words
from accounts.models import Customer
from invoicing.admin.invoice_buttons import INVOICE_BUTTONS
from invoicing.admin.invoice_documents import document_urls
from invoicing.admin.invoice_filters import StoppedFilter
from invoicing.admin.invoice_tables import (
    credits_table,
    invoice_badge,
    invoice_period,
    journal_table,
    lines_table,
    totals_table,
    waits_for,
)
from invoicing.admin.issue_job import CHANGE_INVOICE, issue_selected
from invoicing.models import Invoice


class InvoiceList(ChangeList):
    """Invoices without what the page of one alone shows."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        invoices: QuerySet[Any] = super().get_queryset(*args, **kwargs)
        return invoices.select_related(None).select_related("customer")


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """Upcoming, draft and issued invoices; what changes them are buttons."""

    list_display = (
        "number_shown", "customer", "period", "total_money", "credits_money", "due_money",
        "state_shown", "issued_on",
    )  # fmt: skip
    list_display_links = ("number_shown",)
    list_filter = ("state", StoppedFilter, "customer__is_sandbox", "legal_entity", "currency")
    date_hierarchy = "period_start"
    search_fields = ("number", "customer__name", "customer__external_id", "contract__plan__code")
    show_full_result_count = False
    buttons = INVOICE_BUTTONS
    actions = (issue_selected,)
    fields = (
        ("number_shown", "state_shown"),
        ("customer", "contract"),
        ("legal_entity", "brand"),
        ("period", "closes"),
        ("issued_on", "due_on"),
        ("computed", "stopped"),
        "public_id",
    )
    readonly_fields = (
        "number_shown", "state_shown", "period", "closes", "issued_on", "due_on", "computed",
        "stopped", "public_id",
    )  # fmt: skip

    def has_issue_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may issue, one by one or many at once."""
        return request.user.has_perm(CHANGE_INVOICE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .select_related(
                "customer__test_clock",
                "contract__customer",
                "contract__plan",
                "legal_entity",
                "brand",
            )
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return InvoiceList

    def get_urls(self) -> list[URLPattern]:
        return [*document_urls(self), *super().get_urls()]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find also by the id of the customer."""
        customer = Customer.uid_of(search_term.strip())
        if customer is not None:
            return queryset.filter(customer__uid=customer), False
        return super().get_search_results(request, queryset, search_term)

    def tables(self, request: HttpRequest, obj: Invoice) -> Sequence[Table]:
        lines = lines_table(obj, user=request.user)
        return (lines, totals_table(obj), credits_table(obj), journal_table(obj))

    def links(self, request: HttpRequest, obj: Invoice) -> Sequence[tuple[str, str]]:
        return (
            ("PDF", reverse("admin:invoicing_invoice_pdf", args=[obj.pk])),
            ("E-mail", reverse("admin:invoicing_invoice_email", args=[obj.pk])),
        )

    @admin.display(description="number", ordering="number")
    def number_shown(self, invoice: Invoice) -> str:
        return invoice.number or "not numbered"

    @admin.display(description="id")
    def public_id(self, invoice: Invoice) -> str:
        return invoice.public_id

    @admin.display(description="period", ordering="period_start")
    def period(self, invoice: Invoice) -> str:
        return invoice_period(invoice)

    @admin.display(description="total", ordering="total")
    def total_money(self, invoice: Invoice) -> str:
        return money_words(invoice.total)

    @admin.display(description="credits", ordering="credits_applied")
    def credits_money(self, invoice: Invoice) -> str:
        return money_words(invoice.credits_applied)

    @admin.display(description="due", ordering="amount_due")
    def due_money(self, invoice: Invoice) -> str:
        return money_words(invoice.amount_due)

    @admin.display(description="state", ordering="state")
    def state_shown(self, invoice: Invoice) -> str:
        return invoice_badge(invoice)

    @admin.display(description="issue date", ordering="issue_date")
    def issued_on(self, invoice: Invoice) -> str:
        return day_words(invoice.issue_date)

    @admin.display(description="due date", ordering="due_date")
    def due_on(self, invoice: Invoice) -> str:
        return day_words(invoice.due_date)

    @admin.display(description="open for late usage until")
    def closes(self, invoice: Invoice) -> str:
        return instant_words(invoice.closes_at, invoice.customer.timezone)

    @admin.display(description="computed")
    def computed(self, invoice: Invoice) -> str:
        return instant_words(invoice.computed_at)

    @admin.display(description="why it cannot be issued")
    def stopped(self, invoice: Invoice) -> str:
        return invoice.stopped_detail or invoice.stopped_error or waits_for(invoice)
