"""What a customer changes of itself."""

from typing import Any

import pytest

from accounts.documents.postal_address import PostalAddress
from accounts.models import AddressKind, VatStatus
from accounts.operations.change_details import CountryMissing, Details, change_details
from tests import factories as make

pytestmark = pytest.mark.django_db

OVEN_STREET = PostalAddress(line_1="1 Oven Street", city="Chicago", state="IL", country="US")


def details(**fields: Any) -> Details:
    return Details(
        **{
            "name": "Basil's Bakery",
            "email": "billing@basil.example",
            "vat_id": "",
            "addresses": {},
            **fields,
        }
    )


def test_an_address_is_added_changed_and_taken_away() -> None:
    basil = make.basil()

    change_details(customer=basil, details=details(addresses={AddressKind.BILLING: OVEN_STREET}))
    assert str(basil.addresses.get()) == "1 Oven Street, Chicago, IL, US"

    moved = PostalAddress(line_1="2 Oven Street", country="US")
    change_details(customer=basil, details=details(addresses={AddressKind.BILLING: moved}))
    assert str(basil.addresses.get()) == "2 Oven Street, US"

    nowhere = {AddressKind.BILLING: PostalAddress()}
    change_details(customer=basil, details=details(addresses=nowhere))
    assert not basil.addresses.exists()


def test_an_address_needs_a_country() -> None:
    nowhere = {AddressKind.SERVICE: PostalAddress(city="Chicago")}

    with pytest.raises(CountryMissing, match="service address needs a country"):
        change_details(customer=make.basil(), details=details(addresses=nowhere))


def test_another_vat_id_is_unverified_and_the_same_one_stays_as_it_is() -> None:
    basil = make.basil(vat_id="DE1", vat_status=VatStatus.VALID)

    assert change_details(customer=basil, details=details(vat_id="DE1")).vat_status == "valid"
    assert change_details(customer=basil, details=details(vat_id="DE2")).vat_status == "unverified"


def test_what_staff_keep_beside_it_stays() -> None:
    basil = make.basil()
    basil.addresses.create(kind=AddressKind.BILLING, county="Cook", city="Chicago", country="US")

    change_details(customer=basil, details=details(addresses={AddressKind.BILLING: OVEN_STREET}))

    assert basil.addresses.get().county == "Cook"
