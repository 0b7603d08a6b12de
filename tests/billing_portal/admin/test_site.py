"""The admin site: groups, sign-in, and a strict content policy."""

import re

from django.test import Client
from django.urls import reverse

from accounts.models import User


def test_the_index_shows_pages_in_groups(staff_client: Client) -> None:
    page = staff_client.get(reverse("admin:index"))

    groups = [app["name"] for app in page.context["app_list"]]
    assert groups[:6] == [
        "Customers", "Invoices", "Usage", "Price book", "Sellers and partners",
        "People and history",
    ]  # fmt: skip
    names = [model["name"] for app in page.context["app_list"] for model in app["models"]]
    background = [m["name"] for m in page.context["app_list"][6]["models"]]
    assert page.context["app_list"][6]["name"] == "Background work"
    assert background[1:] == ["Periodic tasks", "Crontabs", "Intervals", "Clocked", "Solar events"]
    assert len(names) == len(set(names))


def test_pages_have_neither_inline_styles_nor_inline_scripts(staff_client: Client) -> None:
    for url in (reverse("admin:index"), reverse("admin:accounts_customer_add"),
                reverse("admin:usage_event_changelist")):  # fmt: skip
        page = staff_client.get(url)
        html = page.content.decode()

        assert "default-src 'self'" in page["Content-Security-Policy"]
        assert not re.search(r"<style|\sstyle=|\son\w+=", html)
        assert not re.search(r"<script(?![^>]*(\ssrc=|application/json))", html)


def test_a_list_is_called_by_what_it_lists(staff_client: Client) -> None:
    address = reverse("admin:accounts_customer_changelist")

    page = staff_client.get(address).content.decode()
    choosing = staff_client.get(address, {"_popup": "1"}).content.decode()

    assert "<title>Customers | " in page
    assert "<h1>Customers</h1>" in page
    assert "Select customer" in choosing


def test_a_customers_person_does_not_enter(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("paula@acme.example"))

    assert client.get(reverse("admin:index")).status_code == 302


def test_a_person_is_made_by_email(staff_client: Client) -> None:
    staff_client.post(
        reverse("admin:accounts_user_add"),
        {"email": "new@northwind.example", "usable_password": "true",
         "password1": "long-and-own-7", "password2": "long-and-own-7"},
    )  # fmt: skip

    assert User.objects.get(email="new@northwind.example").check_password("long-and-own-7")
