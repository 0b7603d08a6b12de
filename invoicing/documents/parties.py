"""
Who sells and who buys, as printed on an invoice.

An issued invoice keeps these facts as they were; before that they are read live.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.documents.postal_address import PostalAddress
from accounts.models import AddressKind
from invoicing.models import Invoice, InvoiceState


@dataclass(frozen=True, slots=True)
class Seller:
    """The legal entity."""

    name: str
    address: PostalAddress


@dataclass(frozen=True, slots=True)
class Buyer:
    """The customer."""

    name: str
    external_id: str
    vat_id: str
    address: PostalAddress


def seller_of(invoice: Invoice) -> Seller:
    """Return the seller: as it was at issue, else as it is."""
    if _is_frozen(invoice):
        kept = invoice.seller_snapshot
        return Seller(name=kept["name"], address=_address(kept, prefix="address_"))
    entity = invoice.legal_entity
    return Seller(name=entity.name, address=_address(vars(entity), prefix="address_"))


def buyer_of(invoice: Invoice) -> Buyer:
    """Return the buyer with its billing address: as it was at issue, else as it is."""
    if _is_frozen(invoice):
        kept = invoice.buyer_snapshot
        return Buyer(
            name=kept["name"],
            external_id=kept["external_id"],
            vat_id=kept["vat_id"],
            address=_address(kept["address"] or {}),
        )
    customer = invoice.customer
    addresses = [row for row in customer.addresses.all() if row.kind == AddressKind.BILLING.value]
    return Buyer(
        name=customer.name,
        external_id=customer.external_id,
        vat_id=customer.vat_id,
        address=_address(vars(addresses[0]) if addresses else {}),
    )


def _is_frozen(invoice: Invoice) -> bool:
    return invoice.state in (InvoiceState.ISSUED, InvoiceState.VOID)


def _address(facts: Mapping[str, Any], *, prefix: str = "") -> PostalAddress:
    """Return the address in a row or a snapshot, whose street lines may have a prefix."""
    return PostalAddress(
        line_1=facts.get(f"{prefix}line_1", ""),
        line_2=facts.get(f"{prefix}line_2", ""),
        city=facts.get("city", ""),
        state=facts.get("state", ""),
        postal_code=facts.get("postal_code", ""),
        country=facts.get("country", ""),
    )
