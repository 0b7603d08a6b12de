"""Customers, subjects and test clocks."""

import re
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Brand, Customer, Subject
from tests.admin_forms import errors_of, save_form, send_form
from tests.factories import acme, basil, northwind


def _add_subject(client: Client, customer: Customer, **values: str) -> object:
    url = f"{reverse('admin:accounts_subject_add')}?customer={customer.pk}"
    fields = {"kind": "number", "identifier": "+1312", "held_from": "2024-11-01", **values}
    return send_form(client, url, **fields)


def test_days_of_a_subject_are_local_and_the_last_one_counts(staff_client: Client) -> None:
    _add_subject(staff_client, acme(), held_to="2024-11-30")

    subject = Subject.objects.get()
    assert subject.held_from == datetime(2024, 11, 1, 4, tzinfo=UTC)
    assert subject.held_to == datetime(2024, 12, 1, 5, tzinfo=UTC)
    page = staff_client.get(reverse("admin:accounts_subject_changelist")).content.decode()
    assert "Nov 1, 2024" in page
    assert "Nov 30, 2024" in page


def test_a_subject_that_another_customer_holds_is_refused(staff_client: Client) -> None:
    _add_subject(staff_client, acme())

    page = _add_subject(staff_client, basil(is_sandbox=True))

    assert "holds this identifier in a part of that time" in " ".join(errors_of(page))
    assert Subject.objects.count() == 1


def test_a_day_that_is_none_is_refused(staff_client: Client) -> None:
    page = _add_subject(staff_client, acme(), held_from="yesterday")

    assert "Write a date such as 2024-11-01" in " ".join(errors_of(page))


def test_a_time_without_offset_is_refused(staff_client: Client) -> None:
    page = _add_subject(staff_client, acme(), held_from="2024-11-01T10:00:00")

    assert errors_of(page)
    assert not Subject.objects.exists()


def test_a_live_customer_has_no_test_clock(staff_client: Client) -> None:
    clock = acme().test_clock
    assert clock is not None
    live = basil()

    page = send_form(
        staff_client,
        reverse("admin:accounts_customer_change", args=[live.pk]),
        test_clock=clock.pk,
    )

    assert "Only a sandbox customer may have a test clock." in errors_of(page)


def test_a_brand_of_another_seller_is_refused(staff_client: Client) -> None:
    buyer = acme()
    other = northwind(code="southwind", name="Southwind", invoice_prefix="SW")
    foreign = Brand.objects.create(legal_entity=other, code="south", name="South")

    page = send_form(
        staff_client,
        reverse("admin:accounts_customer_change", args=[buyer.pk]),
        brand=foreign.pk,
    )

    assert "This brand is of Southwind, not of Northwind Voice." in errors_of(page)


def test_what_was_chosen_stands_in_its_box_also_on_a_refused_form(staff_client: Client) -> None:
    held = acme()
    seller = northwind(code="southwind", name="Southwind", invoice_prefix="SW")
    other = Brand.objects.create(legal_entity=seller, code="south", name="South")
    url = reverse("admin:accounts_customer_change", args=[held.pk])

    def box(page: Any) -> str:
        found = re.search(r'<select name="brand".*?</select>', page.content.decode(), re.DOTALL)
        assert found is not None
        return " ".join(found[0].split("<option")[-1].split())

    assert box(staff_client.get(url)) == (
        f'value="{held.brand_id}" selected>{held.brand}</option> </select>'
    )
    assert box(send_form(staff_client, url, brand=str(other.pk))) == (
        f'value="{other.pk}" selected>{other}</option> </select>'
    )


def test_advance_moves_a_clock_forward(staff_client: Client) -> None:
    clock = acme().test_clock
    assert clock is not None
    url = reverse("admin:accounts_testclock_advance", args=[clock.pk])

    save_form(staff_client, url, to_0="2024-12-02", to_1="00:00:00", _reason="Month is over")

    clock.refresh_from_db()
    assert clock.now_at == datetime(2024, 12, 2, tzinfo=UTC)
    history = staff_client.get(reverse("admin:accounts_testclock_history", args=[clock.pk]))
    assert "Month is over" in history.content.decode()


def test_a_clock_never_goes_back(staff_client: Client) -> None:
    clock = acme().test_clock
    assert clock is not None
    url = reverse("admin:accounts_testclock_advance", args=[clock.pk])

    page = send_form(staff_client, url, to_0="2024-01-01", to_1="00:00:00")

    assert "only goes forward" in " ".join(errors_of(page))
    clock.refresh_from_db()
    assert clock.now_at == datetime(2024, 11, 20, tzinfo=UTC)


def test_a_clerk_may_not_advance_a_clock(clerk_client: Client) -> None:
    clock = acme().test_clock
    assert clock is not None
    url = reverse("admin:accounts_testclock_advance", args=[clock.pk])

    assert clerk_client.get(url).status_code == 403
    assert clerk_client.post(url, {"to_0": "2025-01-01", "to_1": "00:00"}).status_code == 403


def test_a_customer_is_kept(staff_client: Client) -> None:
    buyer = acme()
    url = reverse("admin:accounts_customer_delete", args=[buyer.pk])

    assert staff_client.post(url, {"post": "yes"}).status_code == 403
