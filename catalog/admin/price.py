"""Prices."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.tables import Table, text
from catalog.admin.compare import compare_page
from catalog.admin.price_form import COUNTING, PriceForm, kind_of_request
from catalog.admin.price_words import currency_of, rates_shown
from catalog.admin.versions import version_badge, version_span
from catalog.models import Price
from catalog.queries.price_currencies import with_plan_currencies


@admin.register(Price)
class PriceAdmin(BillingAdmin):
    """Chargeable things, in versions with pages of their own."""

    form = PriceForm
    list_display = (
        "code", "kind", "product", "legal_entity", "meter", "versions_number", "plans_number",
    )  # fmt: skip
    list_filter = ("kind", "legal_entity", "product", "meter")
    list_select_related = ("product", "legal_entity", "meter")
    search_fields = ("code", "kind", "product__name", "meter__code", "versions__name")
    # Said here too: a list that is grouped to count loses the model's own order.
    ordering = ("code",)
    autocomplete_fields = ("legal_entity", "product", "meter")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                versions_total=Count("versions", distinct=True),
                plans_total=Count("plan_items", distinct=True),
            )
        )

    def get_urls(self) -> list[URLPattern]:
        compare = path(
            "<int:price_id>/compare/",
            self.admin_site.admin_view(self.compare_view),
            name="catalog_price_compare",
        )
        return [compare, *super().get_urls()]

    def compare_view(self, request: HttpRequest, price_id: int) -> HttpResponse:
        """Show two versions side by side."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        price = Price.objects.select_related("legal_entity").filter(pk=price_id).first()
        if price is None:
            raise Http404
        in_time = F("effective_from").asc(nulls_first=True)
        versions = price.versions.select_related("rate_card", "price").order_by(in_time, "pk")
        return compare_page(self, request, price, list(versions))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        head = ("legal_entity", "code", "product", "kind")
        in_use = obj is not None and obj.versions.exists()
        kind = obj.kind if in_use else kind_of_request(request, obj)
        return (*head, "meter") if kind in COUNTING else head

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        in_use = obj is not None and obj.versions.exists()
        return ("legal_entity", "kind", "meter") if in_use else ()

    @admin.display(description="versions", ordering="versions_total")
    def versions_number(self, price: Any) -> int:
        return int(price.versions_total)

    @admin.display(description="plans", ordering="plans_total")
    def plans_number(self, price: Any) -> int:
        return int(price.plans_total)

    def tables(self, request: HttpRequest, obj: Price) -> Sequence[Table]:
        rows = [
            (
                text(
                    version_span(version, obj.legal_entity.timezone),
                    link=reverse("admin:catalog_priceversion_change", args=[version.pk]),
                ),
                text(version_badge(version)),
                text(version.name),
                text(rates_shown(version, currency=currency_of(version))),
            )
            for version in with_plan_currencies(
                obj.versions.select_related("rate_card", "price__legal_entity")
            )
        ]
        headings = ("In force", "State", "Name on invoices", "Rate")
        return (Table("Versions", headings, rows, empty="None yet: add the first one."),)

    def links(self, request: HttpRequest, obj: Price) -> Sequence[tuple[str, str]]:
        add = reverse("admin:catalog_priceversion_add")
        return (
            ("Add version", f"{add}?price={obj.pk}"),
            ("Compare", reverse("admin:catalog_price_compare", args=[obj.pk])),
        )
