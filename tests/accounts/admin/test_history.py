"""Who changed what, when and why."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin_forms import save_form
from tests.factories import acme, customer


def _history(client: Client, name: str, pk: int) -> str:
    page = client.get(reverse(f"admin:{name}_history", args=[pk]))
    assert page.status_code == 200
    return str(page.content.decode())


def test_a_change_is_kept_with_its_person_and_reason(staff_client: Client) -> None:
    buyer = acme()
    url = reverse("admin:accounts_customer_change", args=[buyer.pk])

    save_form(staff_client, url, name="Acme Support Corp", _reason="They were renamed.")

    page = _history(staff_client, "accounts_customer", buyer.pk)
    assert "sam@northwind.example" in page
    assert "They were renamed." in page
    assert "<del>Acme Support Co</del> → <ins>Acme Support Corp</ins>" in page


def test_the_history_of_a_customer_has_its_addresses(staff_client: Client) -> None:
    buyer = acme()
    buyer.addresses.create(kind="billing", city="Chicago", country="US")

    assert "address" in _history(staff_client, "accounts_customer", buyer.pk)


def test_the_audit_lists_changes_of_every_kind(staff_client: Client) -> None:
    buyer = acme()
    url = reverse("admin:accounts_customer_change", args=[buyer.pk])
    save_form(staff_client, url, vat_id="IE123", _reason="From their letterhead.")

    page = staff_client.get(reverse("admin:pghistory_middlewareevents_changelist"))

    assert "From their letterhead." in page.content.decode()
    assert "VAT id" in page.content.decode()


@pytest.mark.parametrize("query", ["what=accounts.Customer", "who=1", "days=all", "q=acme"])
def test_the_audit_can_be_filtered(staff_client: Client, query: str) -> None:
    acme()
    url = reverse("admin:pghistory_middlewareevents_changelist")

    assert staff_client.get(f"{url}?{query}").status_code == 200


def test_a_reason_with_bytes_that_cannot_be_stored_is_no_error(staff_client: Client) -> None:
    buyer = customer("dora", "Dora's Diner")
    url = reverse("admin:accounts_customer_change", args=[buyer.pk])

    save_form(staff_client, url, name="Dora", _reason="why\x00not")

    assert "whynot" in _history(staff_client, "accounts_customer", buyer.pk)


def test_a_clerk_may_read_the_history_and_not_change(clerk_client: Client) -> None:
    buyer = acme()

    assert "Acme Support Co" in _history(clerk_client, "accounts_customer", buyer.pk)
    url = reverse("admin:accounts_customer_change", args=[buyer.pk])
    assert clerk_client.post(url, {"name": "Else"}).status_code == 403
