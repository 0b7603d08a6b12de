"""Where a contract differs from its plan's prices."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.tables import Table, text
from accounts.admin.pages.words import rate_words
from catalog.admin.entries import MOST_EDITED, entries_table
from catalog.admin.match_form import match_form, match_form_fields
from catalog.admin.ordered_rows import OrderedFormSet
from catalog.admin.price_terms.override_parts import override_parts
from catalog.admin.price_terms.shape import CHOSEN_LATER, Shape, is_asked_again
from catalog.models.price import PriceKindChoice
from catalog.queries.price_tests import price_to_test
from catalog.queries.terms_facts import terms_facts
from contracts.admin.override_form import (
    OverrideForm,
    agreed_without_entries,
    chosen_price,
    is_by_card,
    override_form,
    shape_of,
    usual_model,
)
from contracts.models import ContractOverride, OverrideEntry
from contracts.queries.terms import agreed_price
from values.problems import InvalidTerms

_COLUMNS = ("contract", "price", "unit_price", "fallback_rate", "rate_card")
_OWN = (("entries",),)


class OverrideEntryFormSet(OrderedFormSet):
    """Own rates that fit the price, together with the keys above them."""

    def clean(self) -> None:
        super().clean()
        override: ContractOverride = self.instance
        if any(self.errors) or override.price_id is None or override.contract_id is None:
            return
        entries = sorted(
            (form.instance for form in self.kept_forms()), key=lambda entry: entry.position
        )
        try:
            keys = agreed_without_entries(override)
            agreed = replace(keys, entries=tuple(entry.terms() for entry in entries))
            price = price_to_test(price_id=override.price_id).terms()
            agreed_price(price, agreed, contract=override.contract)
        except InvalidTerms as error:
            # What else does not fit is said at its box, by the form above.
            own = [problem.text() for problem in error.problems if problem.path[:1] in _OWN]
            if own:
                raise ValidationError(own) from error


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

    list_display = (
        "override_shown", "contract", "price", "unit_price_number", "fallback_number", "agreed",
    )  # fmt: skip
    list_display_links = ("override_shown",)
    list_filter = ("price",)
    list_select_related = ("contract__customer", "contract__plan", "price__meter", "rate_card")
    search_fields = ("contract__customer__name", "contract__customer__external_id", "price__code")
    autocomplete_fields = ("contract", "price", "rate_card")
    change_form_template = "admin/contracts/override_form.html"
    history_parts = (OverrideEntry,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        related = ("contract__customer", "contract__plan", "price__meter", "rate_card")
        return super().get_queryset(request).select_related(*related)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if self._is_edited(request, obj):
            shape = shape_of(request, obj)
            kwargs["form"] = override_form(
                shape,
                usual=Shape(shape.kind, usual_model(chosen_price(request, obj))).model,
                is_only_shown=is_asked_again(request, shape),
            )
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return whose price it is, then the boxes of the price's model."""
        if not self._is_edited(request, obj):
            return [(None, {"fields": _COLUMNS})]
        shape = shape_of(request, obj)
        model = ("model",) if shape.models else ()
        parts = [part.fieldset() for part in override_parts(shape.kind, shape.model)]
        if shape.kind == PriceKindChoice.USAGE:
            parts.append(
                ("What does not hold", {"fields": ("taken_away",), "classes": ("collapse",)})
            )
        return [(None, {"fields": ("contract", "price", *model, "form_shown")}), *parts]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        if isinstance(form, OverrideForm):
            context["is_shaped"] = bool(form.shape.kind)
            context["asked_again"] = CHOSEN_LATER if form.is_only_shown else ""
        return super().render_change_form(request, context, *args, **kwargs)

    def _is_edited(self, request: HttpRequest, obj: Any) -> bool:
        if obj is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[type[admin.TabularInline], ...]:
        if obj is not None and (_is_fixed(obj) or obj.entries.count() > MOST_EDITED):
            return ()
        price = chosen_price(request, obj)
        by_card = price is None or is_by_card(shape_of(request, obj))
        return (OverrideEntryInline,) if by_card else ()

    def tables(self, request: HttpRequest, obj: Any) -> Sequence[Table]:
        rows = [(text(label), text(words)) for label, words in terms_facts(obj.terms_keys)]
        agreed = (Table("Agreed otherwise", ("What", "Says"), rows),) if rows else ()
        is_listed = not self.get_inlines(request, obj) and obj.entries.all()
        own = (entries_table(obj.entries.all()),) if is_listed else ()
        return (*(() if self._is_edited(request, obj) else agreed), *own)

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

    @admin.display(description="agreed otherwise")
    def agreed(self, override: ContractOverride) -> str:
        return "; ".join(f"{label}: {words}" for label, words in terms_facts(override.terms_keys))


def _is_fixed(override: ContractOverride | None) -> bool:
    return override is not None and override.contract.activated_at is not None


def _group_keys(request: HttpRequest, override: ContractOverride | None) -> Sequence[str]:
    price = chosen_price(request, override)
    return () if price is None or price.meter is None else price.meter.group_keys
