"""Viewing a customer's pages as that customer, from the admin and back."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import StaffVisit, User
from tests import factories as make

pytestmark = pytest.mark.django_db


def signed_in(*codenames: str, email: str = "kim@northwind.example") -> Client:
    user = User.objects.create_user(email, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def hub_of(customer: Any) -> str:
    return reverse("admin:accounts_customer_change", args=[customer.pk])


def view_as(customer: Any) -> str:
    return reverse("admin:accounts_customer_view_as", args=[customer.pk])


def test_staff_views_as_the_customer_and_comes_back_to_its_page() -> None:
    basil = make.basil()
    client = signed_in("view_customer", "view_as_customer")
    assert view_as(basil) in client.get(hub_of(basil)).content.decode()
    assert 'name="_reason"' in client.get(view_as(basil)).content.decode()

    started = client.post(view_as(basil), {"_reason": "Ticket 7"})

    visit = StaffVisit.objects.get()
    assert started["Location"] == reverse("portal:overview", args=[basil.public_id])
    end = reverse("end_visit", args=[visit.public_id])
    assert f'action="{end}"' in client.get(started["Location"]).content.decode()
    assert client.post(end)["Location"] == hub_of(basil)
    visit.refresh_from_db()
    assert (visit.reason, visit.ended_at is not None) == ("Ticket 7", True)
    assert client.get(started["Location"]).status_code == 404


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "\x00"])
def test_without_a_reason_nobody_looks(reason: str) -> None:
    basil = make.basil()

    answer = signed_in("view_customer", "view_as_customer").post(
        view_as(basil), {"_reason": reason}
    )

    assert answer.status_code == 200
    assert not StaffVisit.objects.exists()


def test_who_may_not_view_as_sees_no_button_and_is_refused() -> None:
    basil = make.basil()
    client = signed_in("view_customer", "change_customer")

    assert view_as(basil) not in client.get(hub_of(basil)).content.decode()
    assert client.post(view_as(basil), {"_reason": "Ticket 7"}).status_code == 403


def test_one_ends_ones_own_visit_alone_and_by_post() -> None:
    basil = make.basil()
    client = signed_in("view_customer", "view_as_customer")
    client.post(view_as(basil), {"_reason": "Ticket 7"})
    end = reverse("end_visit", args=[StaffVisit.objects.get().public_id])

    assert signed_in("view_as_customer", email="x@northwind.example").post(end).status_code == 404
    assert client.get(end).status_code == 405
    assert Client().post(end).status_code == 302
    assert client.post("/visits/vst_nonsense/end/").status_code == 404
    assert StaffVisit.objects.filter(ended_at=None).count() == 1


def test_the_history_of_the_customer_tells_of_the_visit() -> None:
    basil = make.basil()
    staff = make.staff()
    client = Client()
    client.force_login(staff)

    client.post(view_as(basil), {"_reason": "Ticket 7"})

    from django.contrib.admin.models import LogEntry

    assert "View as customer. Ticket 7" in LogEntry.objects.get().change_message
