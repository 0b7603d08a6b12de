"""Customers as rows of a file, each with its two addresses."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from import_export.fields import Field
from import_export.instance_loaders import CachedInstanceLoader
from import_export.widgets import Widget

from accounts.admin.imports import FileResource
from accounts.models import Address, AddressKind, Brand, Customer, LegalEntity

_ADDRESS = ("line_1", "line_2", "city", "county", "state", "postal_code", "country")
_WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class Text(Widget):
    """A cell as it stands, without blanks around it."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the text."""
        return "" if value is None else str(value).strip()

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the text."""
        return "" if value is None else str(value)


class Unless(Text):
    """A cell that changes nothing where it is empty."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return what the cell says, None for nothing."""
        text = super().clean(value)
        return self.read(text) if text else None

    def read(self, text: str) -> Any:
        """Return what a text says."""
        return text


class YesNo(Unless):
    """yes or no."""

    def read(self, text: str) -> bool:
        """:raises ValueError: it is neither."""
        if text.lower() not in _WORDS:
            raise ValueError("write yes or no")
        return _WORDS[text.lower()]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the word."""
        return "yes" if value else "no"


class WholeNumber(Unless):
    """A whole number from zero up."""

    def read(self, text: str) -> int:
        """:raises ValueError: it is none."""
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise ValueError(f"{text[:40]!r} is not a whole number")
        return int(text)


class ByCode(Unless):
    """A row of another model, by its code; each is looked for once."""

    def __init__(self, model: type[Model], noun: str) -> None:
        super().__init__()
        self.model = model
        self.noun = noun
        self.found: dict[str, Model | None] = {}

    def read(self, text: str) -> Model:
        """:raises ValueError: there is none."""
        if text not in self.found:
            manager = self.model._default_manager
            self.found[text] = manager.filter(code=text).first()
        found = self.found[text]
        if found is None:
            raise ValueError(f"there is no {self.noun} '{text[:64]}'")
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the code."""
        return "" if value is None else str(value.code)


def _field(name: str, widget: Widget, column: str = "") -> Field:
    keeps = not isinstance(widget, Unless)
    return Field(name, column or name, widget=widget, saves_null_values=keeps)


def _address_fields() -> dict[str, Field]:
    return {
        f"{kind}_{part}": _field(f"{kind}_address__{part}", Text(), f"{kind}_{part}")
        for kind in AddressKind.values
        for part in _ADDRESS
    }


class CustomerResource(FileResource):
    """Customers by external id: new ones are added, known ones changed, nobody is taken away."""

    external_id = _field("external_id", Text())
    name = _field("name", Text())
    email = _field("email", Text())
    timezone = _field("timezone", Unless())
    customer_class = _field("customer_class", Unless())
    vat_id = _field("vat_id", Text())
    legal_entity = _field("legal_entity", ByCode(LegalEntity, "legal entity"))
    brand = _field("brand", ByCode(Brand, "brand"))
    is_sandbox = _field("is_sandbox", YesNo())
    credit_low_percent = _field("credit_low_percent", WholeNumber())

    class Meta:
        model = Customer
        fields = (
            "external_id", "name", "email", "timezone", "customer_class", "vat_id",
            "legal_entity", "brand", "is_sandbox", "credit_low_percent",
        )  # fmt: skip
        import_id_fields = ("external_id",)
        instance_loader_class = CachedInstanceLoader
        skip_unchanged = True
        clean_model_instances = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        self.fields.update(_address_fields())

    def get_import_order(self) -> list[str]:
        """Return the columns: the customer, then its addresses."""
        return list(self.fields)

    def get_export_order(self) -> list[str]:
        """Return the same columns."""
        return list(self.fields)

    def get_queryset(self) -> QuerySet[Customer]:
        """Return whom rows may be about."""
        return Customer.objects.select_related("legal_entity", "brand").prefetch_related(
            "addresses"
        )

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        """Return the customers with all that a row says."""
        return queryset.select_related("legal_entity", "brand").prefetch_related("addresses")

    def export_resource(self, instance: Any, selected_fields: Any = None, **kwargs: Any) -> Any:
        """Return a row."""
        _attach_addresses(instance)
        return super().export_resource(instance, selected_fields, **kwargs)

    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        """Put the addresses where the fields look for them, and note what is for ever."""
        _attach_addresses(instance)
        instance.was_sandbox = None if new else instance.is_sandbox

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """:raises ValidationError: with the words of each field."""
        errors = dict(import_validation_errors or {})
        try:
            super().validate_instance(instance, errors, validate_unique)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        brand, seller = instance.brand_id and instance.brand, instance.legal_entity_id
        if brand and seller and brand.legal_entity_id != seller:
            errors.setdefault("brand", []).append(
                ValidationError(f"This brand is of {brand.legal_entity}.")
            )
        if instance.was_sandbox not in (None, instance.is_sandbox):
            errors["is_sandbox"] = [ValidationError("this is decided once, for a new customer")]
        for kind in AddressKind.values:
            errors |= _address_errors(getattr(instance, f"{kind}_address"), kind)
        if errors:
            raise ValidationError(errors)

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Save the addresses; one that became empty goes."""
        for kind in AddressKind.values:
            address = getattr(instance, f"{kind}_address")
            if _is_filled(address):
                address.customer = instance
                address.save()
            elif address.pk:
                address.delete()


def _attach_addresses(customer: Any) -> None:
    held = {address.kind: address for address in customer.addresses.all()} if customer.pk else {}
    for kind in AddressKind.values:
        setattr(customer, f"{kind}_address", held.get(kind) or Address(kind=kind))


def _is_filled(address: Address) -> bool:
    return any(getattr(address, part) for part in _ADDRESS)


def _address_errors(address: Address, kind: str) -> dict[str, list[ValidationError]]:
    if not _is_filled(address):
        return {}
    try:
        address.full_clean(exclude=["customer"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        return {f"{kind}_{part}": words for part, words in error.error_dict.items()}
    return {}
