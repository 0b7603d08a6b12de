"""Saved filters above the lists of the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing_portal.models import SavedFilter
from tests import factories as make

SAVE = "/admin/filters/save/"
CUSTOMERS = reverse("admin:accounts_customer_changelist")


def save(client: Client, **fields: Any) -> Any:
    wanted = {"model": "accounts.customer", "name": "Trials", "query": "is_sandbox__exact=1"}
    return client.post(SAVE, {**wanted, **fields}, follow=True)


def colleague(*codenames: str) -> Client:
    user = User.objects.create_user("kim@northwind.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def offered(client: Client) -> list[str]:
    page = client.get(CUSTOMERS).content.decode()
    return [saved.name for saved in SavedFilter.objects.all() if f">{saved.name}</a>" in page]


def test_a_filter_is_kept_and_stands_above_its_list(staff_client: Client) -> None:
    make.acme()
    make.basil()

    page = save(staff_client)

    assert page.redirect_chain == [(f"{CUSTOMERS}?is_sandbox__exact=1", 302)]
    assert page.context["cl"].result_count == 1
    assert f'<a href="{CUSTOMERS}?is_sandbox__exact=1" aria-current="page">Trials</a>' in (
        page.content.decode()
    )


def test_the_form_offers_the_list_as_it_stands_without_its_page(staff_client: Client) -> None:
    page = staff_client.get(CUSTOMERS, {"q": "a&b", "p": "1"}).content.decode()

    assert '<input type="hidden" name="query" value="q=a%26b">' in page


def test_nothing_is_offered_to_keep_where_nothing_is_filtered(staff_client: Client) -> None:
    assert "Save this filter" not in staff_client.get(CUSTOMERS).content.decode()


def test_the_same_name_replaces_ones_earlier_filter(staff_client: Client) -> None:
    save(staff_client)
    save(staff_client, query="is_sandbox__exact=0")

    assert SavedFilter.objects.get().query == "is_sandbox__exact=0"


def test_only_own_and_shared_filters_are_offered(staff_client: Client) -> None:
    save(staff_client, name="Mine")
    save(staff_client, name="Ours", is_shared="1")

    assert offered(staff_client) == ["Mine", "Ours"]
    assert offered(colleague("view_customer")) == ["Ours"]


def test_one_deletes_ones_own_filters_alone(staff_client: Client) -> None:
    save(staff_client, is_shared="1")
    address = reverse("admin:delete_filter", args=[SavedFilter.objects.get().pk])

    assert colleague("view_customer").post(address).status_code == 404
    assert staff_client.get(address).status_code == 405
    assert staff_client.post(address)["Location"] == CUSTOMERS
    assert not SavedFilter.objects.exists()


def test_a_list_that_one_may_not_see_takes_no_filter(db: None) -> None:
    assert save(colleague("view_invoice")).status_code == 403


@pytest.mark.parametrize("model", ["", "nonsense", "sessions.session", "a.b.c", "\x00"])
def test_what_is_no_list_of_the_admin_is_not_found(staff_client: Client, model: str) -> None:
    assert save(staff_client, model=model).status_code == 404


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"name": "  "}, "Give the filter a name"),
        ({"name": "x" * 81}, "Give the filter a name"),
        ({"query": ""}, "Filter, search or sort the list first"),
        ({"query": "p=3&e=1"}, "Filter, search or sort the list first"),
        ({"query": f"q={'x' * 1001}"}, "too long to keep"),
        ({"query": "&".join(f"a{n}=1" for n in range(60))}, "too many filters"),
    ],
)
def test_what_cannot_be_kept_is_said(
    staff_client: Client, fields: dict[str, str], said: str
) -> None:
    assert said in save(staff_client, **fields).content.decode()
    assert not SavedFilter.objects.exists()


def test_a_query_cannot_lead_elsewhere_nor_break_out_of_its_link(staff_client: Client) -> None:
    page = save(staff_client, query='//evil.example/?x="><script>alert(1)</script>&y=\x00')

    assert page.redirect_chain[0][0].startswith(f"{CUSTOMERS}?")
    assert "<script>alert" not in page.content.decode()
    assert "\x00" not in SavedFilter.objects.get().query


def test_the_list_of_saved_filters_shows_own_and_shared_ones(staff_client: Client) -> None:
    save(staff_client, name="Mine")
    save(staff_client, name="Ours", is_shared="1")
    of_kim = colleague("view_savedfilter", "delete_savedfilter", "change_savedfilter")
    ours = SavedFilter.objects.get(name="Ours")

    page: Any = of_kim.get(reverse("admin:billing_portal_savedfilter_changelist"))

    assert [each.name for each in page.context["cl"].result_list] == ["Ours"]
    delete = reverse("admin:billing_portal_savedfilter_delete", args=[ours.pk])
    assert of_kim.post(delete, {"post": "yes"}).status_code == 403
    assert staff_client.post(delete, {"post": "yes"}).status_code == 302
