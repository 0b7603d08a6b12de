"""What a browser and a screen reader find on the pages of sign-in."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories as make
from tests.accounts.sign_in.people import LOGIN, sign_in, with_app

pytestmark = pytest.mark.django_db

OUTSIDE = (
    LOGIN,
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/x-y/",
    "/accounts/password/reset/key/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/nonsense/",
    "/accounts/inactive/",
)
INSIDE = (
    "/accounts/password/change/",
    "/accounts/email/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/sessions/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
)
WITH_APP = (
    "/accounts/2fa/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/reauthenticate/",
)


@pytest.fixture
def browser(client: Client) -> Client:
    """Somebody's, who has just given the password again."""
    sign_in(client, make.member(make.basil()).email)
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    return client


def is_sound(page: str) -> None:
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert not re.search(r"<script(?![^>]*(\ssrc=|application/json))", page)
    for control in re.findall(r"<(?:input|select|textarea)[^>]*>", page):
        if 'type="hidden"' not in control:
            identity = re.search(r'\sid="([^"]+)"', control)
            assert identity is not None, control
            assert f'for="{identity[1]}"' in page, control


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_page_outside_is_sound_and_of_the_brand(client: Client, address: str) -> None:
    make.brand()

    answer = client.get(address)

    assert answer.status_code == 200
    is_sound(answer.content.decode())
    assert "Northwind Voice" in answer.content.decode()


@pytest.mark.parametrize("address", INSIDE)
def test_a_page_inside_is_sound_and_of_the_brand(browser: Client, address: str) -> None:
    answer = browser.get(address)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    is_sound(answer.content.decode())
    assert "Northwind Voice" in answer.content.decode()


def test_the_pages_of_a_second_factor_are_sound(browser: Client) -> None:
    with_app(make.User.objects.get())
    for address in WITH_APP:
        is_sound(browser.get(address).content.decode())
    browser.post("/accounts/2fa/recovery-codes/generate/")
    is_sound(browser.get("/accounts/2fa/recovery-codes/").content.decode())

    other = Client()
    sign_in(other, make.User.objects.get().email)
    is_sound(other.get("/accounts/2fa/authenticate/").content.decode())


def test_browsers_know_what_to_fill_in(client: Client) -> None:
    page = client.get(LOGIN).content.decode()

    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert 'id="passkey_login"' in page


@pytest.mark.parametrize("nonsense", ["\x00", "x" * 5000, "'; DROP TABLE--", "🦊@fox.example"])
def test_nonsense_is_answered_by_the_form(client: Client, nonsense: str) -> None:
    for address, field in ((LOGIN, "login"), ("/accounts/password/reset/", "email")):
        assert client.post(address, {field: nonsense, "password": nonsense}).status_code < 500
        assert client.get(address, {"next": nonsense}).status_code == 200
    assert client.post("/accounts/2fa/webauthn/login/", {"credential": nonsense}).status_code < 500
