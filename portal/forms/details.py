"""What a customer may say of itself."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from accounts.documents.postal_address import PostalAddress
from accounts.models import Address, AddressKind, Customer
from accounts.operations.change_details import Details
from portal.forms.countries import country_choices

_LINES = {
    "line_1": ("Address line 1", 200, "address-line1"),
    "line_2": ("Address line 2", 200, "address-line2"),
    "city": ("City", 100, "address-level2"),
    "state": ("State or province", 100, "address-level1"),
    "postal_code": ("Postal code", 20, "postal-code"),
}
# Capital letters of others may be two: a text that fits would not when it is stored.
_VAT_ID = RegexValidator(r"^[A-Za-z0-9 .+*-]*$", "Letters and digits, as in DE123456789.")


class DetailsForm(forms.Form):
    """Legal name, where invoices go, VAT id, and two addresses."""

    name = forms.CharField(
        label="Legal name",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = forms.EmailField(
        label="Invoice e-mail",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Invoices are sent here. Without one nobody is told of a new invoice, "
        "except people who chose so under E-mails.",
    )
    vat_id = forms.CharField(
        label="VAT id",
        max_length=32,
        required=False,
        validators=[_VAT_ID],
        help_text="With its country, as in DE123456789. A new one is checked before it counts.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in AddressKind:
            self.fields.update(_address_fields(kind))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for kind in AddressKind:
            lines = [cleaned.get(f"{kind.value}_{name}") for name in _LINES]
            country = f"{kind.value}_country"
            if any(lines) and not cleaned.get(country) and country not in self.errors:
                self.add_error(country, "Choose the country of this address.")
        return cleaned

    def details(self) -> Details:
        """Return what was filled in; the form is valid."""
        return Details(
            name=self.cleaned_data["name"],
            email=self.cleaned_data["email"],
            vat_id=self.cleaned_data["vat_id"].upper().replace(" ", ""),
            addresses={kind: _address(kind, self.cleaned_data) for kind in AddressKind},
        )

    def contact_fields(self) -> list[forms.BoundField]:
        """Return the fields that are of no address."""
        return [self["name"], self["email"], self["vat_id"]]

    def address_fields(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return each address's heading and fields."""
        return [
            (address_heading(kind), [self[name] for name in _address_fields(kind)])
            for kind in AddressKind
        ]


def details_of(customer: Customer) -> dict[str, str]:
    """Return the form's fields as the customer has them."""
    values = {"name": customer.name, "email": customer.email, "vat_id": customer.vat_id}
    for address in customer.addresses.all():
        for name in (*_LINES, "country"):
            values[f"{address.kind}_{name}"] = getattr(address, name)
    return values


def address_heading(kind: AddressKind | str) -> str:
    """Return ``Billing address`` or ``Service address``."""
    return f"{AddressKind(kind).label.capitalize()} address"


def postal_address(address: Address) -> PostalAddress:
    """Return a stored address as it is printed."""
    return PostalAddress(**{name: getattr(address, name) for name in (*_LINES, "country")})


def _address(kind: AddressKind, cleaned: Mapping[str, Any]) -> PostalAddress:
    return PostalAddress(**{name: cleaned[f"{kind.value}_{name}"] for name in (*_LINES, "country")})


def _address_fields(kind: AddressKind) -> dict[str, forms.Field]:
    section = "billing" if kind is AddressKind.BILLING else "shipping"
    fields: dict[str, forms.Field] = {
        f"{kind.value}_{name}": forms.CharField(
            label=label,
            max_length=length,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": f"{section} {hint}"}),
        )
        for name, (label, length, hint) in _LINES.items()
    }
    fields[f"{kind.value}_country"] = forms.ChoiceField(
        label="Country",
        choices=country_choices,
        required=False,
        widget=forms.Select(attrs={"autocomplete": f"{section} country"}),
    )
    return fields
