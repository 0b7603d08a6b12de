"""Who sells and who buys."""

import pytest

from accounts.documents.postal_address import PostalAddress
from accounts.models import Customer, LegalEntity
from invoicing.documents.parties import buyer_of, seller_of
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row


def test_an_american_address_has_the_state_before_the_code() -> None:
    address = PostalAddress("7 Crumb Lane", "", "New York", "NY", "10001", "US")

    assert address.lines() == ("7 Crumb Lane", "New York, NY 10001", "United States")


def test_a_german_address_has_the_code_before_the_city() -> None:
    address = PostalAddress("Am Ring 3", "", "Köln", "", "50667", "DE")

    assert address.lines() == ("Am Ring 3", "50667 Köln", "Germany")


def test_an_address_of_nothing_but_a_country_is_its_name() -> None:
    assert PostalAddress(country="US").lines() == ("United States",)


@pytest.mark.django_db
def test_a_draft_shows_the_names_of_now() -> None:
    draft = invoices.draft_of([Row("1.00")])

    LegalEntity.objects.update(name="Northwind Voice LLC")
    Customer.objects.update(name="Basil's Bread")
    draft = type(draft).objects.get(pk=draft.pk)

    assert seller_of(draft).name == "Northwind Voice LLC"
    assert buyer_of(draft).name == "Basil's Bread"
    assert buyer_of(draft).address.lines()[0] == "7 Crumb Lane"


@pytest.mark.django_db
def test_an_issued_invoice_keeps_the_names_of_its_day() -> None:
    invoice = invoices.issued_example()

    LegalEntity.objects.update(name="Renamed", city="Elsewhere")
    Customer.objects.update(name="Renamed too")
    invoice = type(invoice).objects.get(pk=invoice.pk)

    assert seller_of(invoice).name == "Northwind Voice"
    assert seller_of(invoice).address == PostalAddress(state="IL", country="US")
    assert buyer_of(invoice).name == "Acme Support Co"
