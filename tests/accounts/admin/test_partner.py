"""Partners and their API keys."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, User
from accounts.operations.make_api_key import make_api_key
from accounts.queries.api_keys import usable_api_key
from tests.admin_forms import errors_of, save_form, send_form
from tests.factories import acme, partner


def _key() -> ApiKey:
    now = datetime.now(UTC)
    made, _ = make_api_key(
        partner=partner(acme()), name="Platform", mode="test", scopes=["events:write"],
        expires_at=None, now=now,
    )  # fmt: skip
    return made


def _url(button: str, key: ApiKey) -> str:
    return reverse(f"admin:accounts_apikey_{button}", args=[key.pk])


def test_a_new_key_is_shown_once(staff_client: Client) -> None:
    sender = partner(acme())
    url = f"{reverse('admin:accounts_apikey_add')}?partner={sender.pk}"

    page: Any = save_form(staff_client, url, name="Platform", mode="test", scopes=["events:read"])

    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    key = usable_api_key(presented=secret, now=datetime.now(UTC))
    assert key.scopes == ["events:read"]
    later = staff_client.get(reverse("admin:accounts_apikey_change", args=[key.pk]))
    assert secret not in later.content.decode()
    assert key.prefix in later.content.decode()


def test_a_key_that_has_expired_already_is_refused_with_what_was_typed(
    staff_client: Client,
) -> None:
    sender = partner(acme())
    url = f"{reverse('admin:accounts_apikey_add')}?partner={sender.pk}"

    page: Any = send_form(
        staff_client, url, name="Platform", mode="test",
        expires_at_0="2020-01-01", expires_at_1="00:00:00",
    )  # fmt: skip

    assert "a key expires in the future" in errors_of(page)
    assert 'value="Platform"' in page.content.decode()
    assert not ApiKey.objects.exists()


def test_rotate_shows_a_new_key_and_ends_the_old_one_later(staff_client: Client) -> None:
    old = _key()

    page: Any = save_form(staff_client, _url("rotate", old), overlap_hours="24")

    assert usable_api_key(presented=page.context["secret"], now=datetime.now(UTC)).replaces == old
    old.refresh_from_db()
    assert old.expires_at is not None
    assert old.is_usable(now=datetime.now(UTC))


def test_a_revoked_key_is_not_rotated(staff_client: Client) -> None:
    key = _key()
    staff_client.post(_url("revoke", key))

    page: Any = staff_client.post(_url("rotate", key), {"overlap_hours": "1"}, follow=True)

    assert "does not work any more" in " ".join(errors_of(page))
    assert ApiKey.objects.count() == 1


def test_revoke_asks_first_and_ends_the_key_at_once(staff_client: Client) -> None:
    key = _key()

    asked = staff_client.get(_url("revoke", key))
    assert "cannot be undone" in asked.content.decode()
    key.refresh_from_db()
    assert key.revoked_at is None

    staff_client.post(_url("revoke", key))
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_clerk_may_neither_make_nor_rotate_nor_revoke(clerk_client: Client) -> None:
    key = _key()

    assert clerk_client.get(reverse("admin:accounts_apikey_add")).status_code == 403
    assert clerk_client.post(_url("rotate", key), {"overlap_hours": "1"}).status_code == 403
    assert clerk_client.post(_url("revoke", key)).status_code == 403


def test_a_button_without_the_csrf_token_is_refused(staff_client: Client) -> None:
    key = _key()
    checked = Client(enforce_csrf_checks=True)
    checked.cookies = staff_client.cookies

    assert checked.post(_url("revoke", key)).status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is None


def _signed_in(*codenames: str) -> Client:
    user = User.objects.create_user("kim@northwind.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


KEEPER = ("view_partner", "view_apikey", "add_apikey", "change_apikey")
BOOK = ("change_plan", "change_priceversion", "change_ratecard", "change_ratecardversion")


@pytest.mark.django_db
def test_only_who_may_change_the_price_book_makes_a_key_that_may() -> None:
    sender = partner(acme())
    client = _signed_in(*KEEPER)
    url = f"{reverse('admin:accounts_apikey_add')}?partner={sender.pk}"
    values = {"name": "Book", "mode": "live", "scopes": ["events:write", "plan_file:write"]}

    page = send_form(client, url, **values)

    assert errors_of(page) == ["plan_file:write is no scope that you may give."]
    assert 'value="plan_file:write"' not in client.get(url).content.decode()
    assert not ApiKey.objects.exists()
    User.objects.get().user_permissions.add(*Permission.objects.filter(codename__in=BOOK))
    assert 'value="plan_file:write"' in client.get(url).content.decode()
    save_form(client, url, **values)
    assert ApiKey.objects.get().scopes == ["events:write", "plan_file:write"]


@pytest.mark.django_db
def test_nor_takes_one_over_by_rotating_it() -> None:
    key, _ = make_api_key(
        partner=partner(acme()), name="Book", mode="live", scopes=["plan_file:write"],
        expires_at=None, now=datetime.now(UTC),
    )  # fmt: skip

    page: Any = _signed_in(*KEEPER).post(_url("rotate", key), {"overlap_hours": "1"}, follow=True)

    assert errors_of(page) == ["this key may do more than you: somebody who may do it rotates it"]
    assert ApiKey.objects.count() == 1
