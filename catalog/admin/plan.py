"""Plans with their prices in order."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from accounts.admin.pages.autocomplete import SearchBoxes
from accounts.admin.pages.billing_admin import BillingAdmin
from catalog.admin.ordered_rows import OrderedForm, OrderedFormSet
from catalog.models import Plan, PlanGrant, PlanPrice
from values.exact import plain


class PlanPriceForm(OrderedForm):
    """A price at its place."""

    class Meta:
        model = PlanPrice
        fields = ("position", "price")


class PlanPriceFormSet(OrderedFormSet):
    """Prices of the plan's own legal entity."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            price = form.cleaned_data.get("price") if hasattr(form, "cleaned_data") else None
            if price and price.legal_entity_id != self.instance.legal_entity_id:
                form.add_error("price", f"This price is of {price.legal_entity}.")


class PlanPriceInline(SearchBoxes, admin.TabularInline):
    """The prices, in the order of the invoice's lines."""

    model = PlanPrice
    form = PlanPriceForm
    formset = PlanPriceFormSet
    fields = ("position", "price")
    extra = 1
    autocomplete_fields = ("price",)
    verbose_name = "price"
    verbose_name_plural = "prices, in the order of the invoice's lines"


class PlanGrantForm(OrderedForm):
    """Money or units that every period begins with."""

    class Meta:
        model = PlanGrant
        fields = (
            "position", "code", "amount", "quantity", "unit", "currency", "kind",
            "expires_after_periods", "priority", "applies_to",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("amount", "quantity"):
            stored = getattr(self.instance, name)
            if stored is not None:
                self.initial[name] = plain(stored)
        for name, size in (("code", 12), ("amount", 8), ("quantity", 8), ("unit", 8)):
            self.fields[name].widget = forms.TextInput(
                attrs={"size": size, "aria-label": name.capitalize()}
            )


class PlanGrantInline(admin.TabularInline):
    """The credit that a plan gives anew each period."""

    model = PlanGrant
    form = PlanGrantForm
    formset = OrderedFormSet
    extra = 1
    verbose_name = "grant"
    verbose_name_plural = "credit that each period begins with: an amount, or a quantity of a unit"


@admin.register(Plan)
class PlanAdmin(BillingAdmin):
    """What customers sign up for."""

    list_display = (
        "name", "code", "legal_entity", "currency", "billing_period", "due", "autopay",
        "prices_number", "contracts_number",
    )  # fmt: skip
    list_filter = ("legal_entity", "currency", "billing_period", "autopay")
    list_select_related = ("legal_entity",)
    search_fields = ("name", "code")
    # Said here too: a list that is grouped to count loses the model's own order.
    ordering = ("code",)
    autocomplete_fields = ("legal_entity",)
    inlines = (PlanPriceInline, PlanGrantInline)
    history_parts = (PlanPrice, PlanGrant)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                prices_total=Count("items", distinct=True),
                contracts_total=Count("contracts", distinct=True),
            )
        )

    @admin.display(description="due", ordering="net_terms_days")
    def due(self, plan: Plan) -> str:
        return f"net {plan.net_terms_days} days" if plan.net_terms_days else "on receipt"

    @admin.display(description="prices", ordering="prices_total")
    def prices_number(self, plan: Any) -> int:
        return int(plan.prices_total)

    @admin.display(description="contracts", ordering="contracts_total")
    def contracts_number(self, plan: Any) -> int:
        return int(plan.contracts_total)
