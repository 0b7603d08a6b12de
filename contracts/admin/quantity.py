"""Quantities of a contract as rows: how many there are of a name, from a day on."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.admin.pages.days import DayField
from contracts.models import Contract, ContractQuantity
from contracts.queries.quantity_names import quantity_names
from values.exact import plain


class NamesInput(forms.TextInput):
    """A text with suggestions, which the browser offers while typing."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        super().__init__(attrs={"size": 20})
        self.names = names

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the box and its list."""
        listed = f"{name}_names"
        box = super().render(name, value, {**(attrs or {}), "list": listed}, renderer)
        options = format_html_join(
            "", '<option value="{}"></option>', ((each,) for each in self.names)
        )
        return format_html('{}<datalist id="{}">{}</datalist>', box, listed, options)


class QuantityForm(forms.ModelForm):
    """A row; its day is read in the zone of the contract's customer."""

    starts_at = DayField(label="From")

    class Meta:
        model = ContractQuantity
        fields = ("name", "starts_at", "quantity")

    def __init__(self, *args: Any, zone: str, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["name"].widget = NamesInput(names)
        for name, label in (("name", "Name"), ("starts_at", "From"), ("quantity", "Quantity")):
            self.fields[name].widget.attrs["aria-label"] = label
        if self.instance.pk:
            day = self.fields["starts_at"]
            assert isinstance(day, DayField)
            self.initial["starts_at"] = day.text(self.instance.starts_at, zone)
            self.initial["quantity"] = plain(self.instance.quantity)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        day = self.fields["starts_at"]
        assert isinstance(day, DayField)
        if cleaned.get("starts_at") is not None:
            cleaned["starts_at"] = day.instant(cleaned["starts_at"], self.zone)
        return cleaned


class QuantityFormSet(BaseInlineFormSet):
    """Rows of one contract; the same name on the same day stands once."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        contract: Contract = self.instance
        if not hasattr(self, "_known"):
            known = contract.customer_id is not None
            names = quantity_names(plan_id=contract.plan_id) if contract.plan_id else ()
            self._known = (contract.customer.timezone if known else "UTC", names)
        zone, names = self._known
        return {**super().get_form_kwargs(index), "zone": zone, "names": names}


class QuantityInline(admin.TabularInline):
    """How many seats, lines or agents there are, from a day on."""

    model = ContractQuantity
    form = QuantityForm
    formset = QuantityFormSet
    extra = 1
    ordering = ("name", "starts_at")
    verbose_name = "quantity"
    verbose_name_plural = "quantities: of a seat price's code, or of a name that the plan reads"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_open(obj) and super().has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_open(obj) and super().has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_open(obj) and super().has_delete_permission(request, obj)


def _is_open(contract: Contract | None) -> bool:
    return contract is None or contract.activated_at is None
