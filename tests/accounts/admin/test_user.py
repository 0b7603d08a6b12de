"""Who may give rights to whom."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.admin_forms import form_of, save_form
from tests.factories import staff

pytestmark = pytest.mark.django_db


def _with_rights(email: str, *codenames: str) -> User:
    made = User.objects.create_user(email, is_staff=True)
    made.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return made


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _url(page: str, user: User) -> str:
    return reverse(f"admin:accounts_user_{page}", args=[user.pk])


@pytest.fixture
def manager() -> User:
    """Return somebody who may edit people, and nothing more."""
    return _with_rights(
        "mia@northwind.example",
        "view_user", "add_user", "change_user", "delete_user", "change_group", "add_group",
    )  # fmt: skip


def test_who_edits_people_gives_no_rights(manager: User) -> None:
    person = User.objects.create_user("pat@northwind.example")
    everything = [str(pk) for pk in Permission.objects.values_list("pk", flat=True)]
    url = _url("change", person)

    save_form(
        _signed_in(manager), url, first_name="Pat", is_superuser="on", is_staff="on",
        user_permissions=everything,
    )  # fmt: skip

    person.refresh_from_db()
    assert person.first_name == "Pat"
    assert (person.is_superuser, person.is_staff) == (False, False)
    assert not person.user_permissions.exists()


def test_nor_to_themselves(manager: User) -> None:
    save_form(_signed_in(manager), _url("change", manager), is_superuser="on")

    manager.refresh_from_db()
    assert not manager.is_superuser
    assert manager.user_permissions.count() == 6


@pytest.mark.parametrize("page", ["change", "delete"])
def test_who_may_do_more_is_not_edited_by_who_may_do_less(manager: User, page: str) -> None:
    client = _signed_in(manager)
    more = _with_rights("max@northwind.example", "change_ratecard")

    for person in (staff(), more):
        assert client.post(_url(page, person), {"post": "yes"}).status_code == 403
        password = reverse("admin:auth_user_password_change", args=[person.pk])
        sent = {"password1": "n0rthw1nd-voice", "password2": "n0rthw1nd-voice"}
        assert client.post(password, sent).status_code == 403
        assert User.objects.filter(pk=person.pk).exists()


def test_only_superusers_change_groups(manager: User, staff_client: Client) -> None:
    group = Group.objects.create(name="Clerks")
    client = _signed_in(manager)

    assert client.get(reverse("admin:auth_group_add")).status_code == 403
    changed: Any = client.post(
        reverse("admin:auth_group_change", args=[group.pk]), {"name": "Kings"}
    )
    assert changed.status_code == 403
    save_form(staff_client, reverse("admin:auth_group_change", args=[group.pk]), name="Office")
    assert Group.objects.get(pk=group.pk).name == "Office"


def test_superusers_give_rights(staff_client: Client, manager: User) -> None:
    assert "user_permissions" in form_of(staff_client, _url("change", manager))

    save_form(staff_client, _url("change", manager), is_superuser="on")

    manager.refresh_from_db()
    assert manager.is_superuser
