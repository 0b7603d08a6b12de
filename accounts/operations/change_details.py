"""Changing what stands on a customer's future invoices."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts.documents.postal_address import PostalAddress
from accounts.models import Address, AddressKind, Customer, VatStatus

_LINES = ("line_1", "line_2", "city", "state", "postal_code", "country")


@dataclass(frozen=True, slots=True)
class Details:
    """What a customer may say of itself; an empty address is none."""

    name: str
    email: str
    vat_id: str
    addresses: Mapping[AddressKind, PostalAddress]


class CountryMissing(ValueError):
    """An address without a country cannot be printed, nor taxed."""


@transaction.atomic
def change_details(*, customer: Customer, details: Details) -> Customer:
    """
    Return the customer with these details; invoices that were issued keep theirs.

    Another VAT id is unverified until somebody checks it.

    :raises CountryMissing:
    """
    found = Customer.objects.select_for_update().get(pk=customer.pk)
    if found.vat_id != details.vat_id:
        found.vat_status = VatStatus.UNVERIFIED
    found.name, found.email, found.vat_id = details.name, details.email, details.vat_id
    found.save(update_fields=["name", "email", "vat_id", "vat_status"])
    for kind, address in details.addresses.items():
        _change_address(found, kind, address)
    return found


def _change_address(customer: Customer, kind: AddressKind, wanted: PostalAddress) -> None:
    lines = {name: getattr(wanted, name) for name in _LINES}
    known = customer.addresses.filter(kind=kind).first()
    if not any(lines.values()):
        if known is not None:
            known.delete()
        return
    if not wanted.country:
        raise CountryMissing(f"The {kind.value} address needs a country.")
    address = known or Address(customer=customer, kind=kind)
    if all(getattr(address, name) == value for name, value in lines.items()):
        return
    for name, value in lines.items():
        setattr(address, name, value)
    address.save()
