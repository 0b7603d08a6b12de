"""The journal and the number series: to look at alone."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from djmoney.money import Money

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.tables import Table, money, text
from accounts.admin.pages.words import instant_words, money_words
from invoicing.models import JournalEntry, NumberSeries


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    """Balanced entries."""

    list_display = (
        "posted", "kind", "customer", "legal_entity", "invoice", "grant", "moved_money",
    )  # fmt: skip
    list_filter = ("kind", "legal_entity", "customer__is_sandbox")
    list_select_related = ("customer", "legal_entity", "invoice", "grant")
    date_hierarchy = "posted_at"
    search_fields = ("invoice__number", "customer__name", "customer__external_id", "grant__code")
    show_full_result_count = False
    fields = ("posted", "kind", "customer", "legal_entity", "invoice", "grant")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("postings")

    def tables(self, request: HttpRequest, obj: JournalEntry) -> Sequence[Table]:
        rows = [
            (text(posting.get_account_display()), money(posting.amount))
            for posting in obj.postings.all()
        ]
        return (Table("Postings", ("Account", "Debit (+) or credit (−)"), rows),)

    @admin.display(description="posted", ordering="posted_at")
    def posted(self, entry: JournalEntry) -> str:
        return instant_words(entry.posted_at)

    @admin.display(description="moved")
    def moved_money(self, entry: JournalEntry) -> str:
        debits = [posting.amount for posting in entry.postings.all() if posting.amount.amount > 0]
        return ", ".join(money_words(total) for total in _by_currency(debits)) or "–"


def _by_currency(amounts: list[Money]) -> list[Money]:
    totals: dict[str, Money] = {}
    for amount in amounts:
        currency = str(amount.currency)
        totals[currency] = totals[currency] + amount if currency in totals else amount
    return list(totals.values())


@admin.register(NumberSeries)
class NumberSeriesAdmin(ReadOnlyAdmin):
    """The last number of each legal entity and year."""

    list_display = ("legal_entity", "year", "is_sandbox", "last_shown")
    list_filter = ("legal_entity", "year", "is_sandbox")
    list_select_related = ("legal_entity",)
    search_fields = ("legal_entity__name", "legal_entity__code")
    fields = ("legal_entity", "year", "is_sandbox", "last_shown")
    readonly_fields = fields

    @admin.display(description="last number", ordering="last_number")
    def last_shown(self, series: NumberSeries) -> str:
        prefix = series.legal_entity.invoice_prefix
        return f"{prefix}-{series.year}-{series.last_number:06}"
