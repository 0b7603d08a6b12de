"""Where a contract differs from its plan's prices."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.tables import Table
from accounts.admin.pages.words import rate_words
from catalog.admin.entries import MOST_EDITED, entries_table
from catalog.admin.match_form import match_form, match_form_fields
from catalog.admin.ordered_rows import OrderedFormSet
from catalog.models import Price
from catalog.queries.price_tests import price_to_test
from contracts.models import ContractOverride, OverrideEntry
from invoicing.rating.overrides import PriceOverride, overridden
from values.problems import InvalidTerms


class OverrideForm(forms.ModelForm):
    """An override of one price of the contract's plan."""

    class Meta:
        model = ContractOverride
        fields = ("contract", "price", "unit_price", "fallback_rate")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        contract = cleaned.get("contract") or getattr(self.instance, "contract", None)
        price = cleaned.get("price")
        if contract and price and not contract.plan.items.filter(price=price).exists():
            self.add_error("price", f"'{price}' is no price of the plan {contract.plan}.")
        return cleaned


class OverrideEntryFormSet(OrderedFormSet):
    """Own rates that fit the price, together with the keys above them."""

    def clean(self) -> None:
        super().clean()
        override: ContractOverride = self.instance
        if any(self.errors) or override.price_id is None:
            return
        entries = sorted(
            (form.instance for form in self.kept_forms()), key=lambda entry: entry.position
        )
        try:
            agreed = PriceOverride(
                unit_price=override.unit_price,
                fallback_rate=override.fallback_rate,
                entries=tuple(entry.terms() for entry in entries),
            )
            overridden(price_to_test(price_id=override.price_id).terms(), agreed)
        except InvalidTerms as error:
            raise ValidationError([problem.text() for problem in error.problems]) from error


class OverrideEntryInline(admin.TabularInline):
    """Rates that replace the card's, a box for each group key of the meter."""

    model = OverrideEntry
    formset = OverrideEntryFormSet
    extra = 1
    verbose_name_plural = "own rates"

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs["form"] = match_form(OverrideEntry, _group_keys(request, obj))
        return super().get_formset(request, obj, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return match_form_fields(_group_keys(request, obj))


@admin.register(ContractOverride)
class ContractOverrideAdmin(BillingAdmin):
    """Agreed differences; fixed once the contract is activated."""

    form = OverrideForm
    list_display = ("override_shown", "contract", "price", "unit_price_number", "fallback_number")
    list_display_links = ("override_shown",)
    list_filter = ("price",)
    list_select_related = ("contract__customer", "contract__plan", "price")
    search_fields = ("contract__customer__name", "contract__customer__external_id", "price__code")
    autocomplete_fields = ("contract", "price")
    history_parts = (OverrideEntry,)

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[type[admin.TabularInline], ...]:
        is_edited = obj is None or (not _is_fixed(obj) and obj.entries.count() <= MOST_EDITED)
        return (OverrideEntryInline,) if is_edited else ()

    def tables(self, request: HttpRequest, obj: Any) -> Sequence[Table]:
        return () if self.get_inlines(request, obj) else (entries_table(obj.entries.all()),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("contract", "price")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_fixed(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_fixed(obj) and super().has_delete_permission(request, obj)

    def links(self, request: HttpRequest, obj: Any) -> Sequence[tuple[str, str]]:
        return (("Contract", reverse("admin:contracts_contract_change", args=[obj.contract_id])),)

    @admin.display(description="override")
    def override_shown(self, override: ContractOverride) -> str:
        return f"{override.price} for {override.contract.customer}"

    @admin.display(description="unit price", ordering="unit_price")
    def unit_price_number(self, override: ContractOverride) -> str:
        return rate_words(override.unit_price)

    @admin.display(description="fallback rate", ordering="fallback_rate")
    def fallback_number(self, override: ContractOverride) -> str:
        return rate_words(override.fallback_rate)


def _is_fixed(override: ContractOverride | None) -> bool:
    return override is not None and override.contract.activated_at is not None


def _group_keys(request: HttpRequest, override: ContractOverride | None) -> Sequence[str]:
    if override is not None and override.price_id is not None:
        return override.price.meter.group_keys
    asked = request.POST.get("price") or request.GET.get("price") or ""
    if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
        return ()
    price = Price.objects.select_related("meter").filter(pk=asked).first()
    return () if price is None else price.meter.group_keys
