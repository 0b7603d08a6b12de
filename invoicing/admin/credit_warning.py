"""Customers that were told that their credit runs low."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.words import instant_words
from invoicing.admin.credit_size import credit_size_words
from invoicing.models import CreditWarning
from invoicing.queries.standing_warnings import standing_warnings


class StandingFilter(admin.SimpleListFilter):
    """Those after which nothing was granted."""

    title = "since then"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "nothing granted")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return standing_warnings(warnings=queryset) if self.value() == "yes" else queryset


@admin.register(CreditWarning)
class CreditWarningAdmin(ReadOnlyAdmin):
    """Each warning with what was left; the customer's page shows what is left now."""

    list_display = ("warned", "customer_linked", "left_money", "newest_grant")
    list_filter = (StandingFilter, "currency", "customer__legal_entity")
    list_select_related = ("customer", "newest_grant")
    date_hierarchy = "warned_at"
    search_fields = ("customer__name", "customer__external_id", "newest_grant__code")
    show_full_result_count = False
    fields = ("warned", "customer_linked", "left_money", "newest_grant")
    readonly_fields = fields

    @admin.display(description="warned", ordering="warned_at")
    def warned(self, warning: CreditWarning) -> str:
        return instant_words(warning.warned_at)

    @admin.display(description="customer", ordering="customer__name")
    def customer_linked(self, warning: CreditWarning) -> SafeString:
        page = reverse("admin:accounts_customer_change", args=[warning.customer_id])
        return format_html('<a href="{}">{}</a>', page, warning.customer)

    @admin.display(description="left then", ordering="left")
    def left_money(self, warning: CreditWarning) -> str:
        return credit_size_words(warning.left_size, warning.purse)
