"""Codes of an app, recovery codes, and staff that must have one of them."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import SignIn, SignInOutcome, StaffVisit, User
from tests import factories as make
from tests.accounts.sign_in.people import (
    code_now,
    factors_of,
    is_signed_in,
    recovery_codes,
    send_code,
    sign_in,
    with_app,
)

pytestmark = pytest.mark.django_db

ENROL = "/accounts/2fa/"


@pytest.fixture
def paula() -> User:
    return make.member(make.basil(), "paula@basil.example")


@pytest.fixture
def sam() -> User:
    return make.staff(password=make.PASSWORD)


@pytest.fixture
def _demanded(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True


def enrol(client: Client) -> Any:
    page = client.get(reverse("mfa_activate_totp"))
    client.post(page["Location"], {"password": make.PASSWORD})
    form = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'class="mono">([A-Z2-7]+)<', form)
    assert secret is not None
    return client.post(reverse("mfa_activate_totp"), {"code": code_now(secret[1])})


@pytest.mark.usefixtures("committed")
def test_an_app_is_set_up_with_the_password_and_a_code_and_told_by_mail(client: Client) -> None:
    paula = make.member(make.basil(), "paula@basil.example")
    sign_in(client, paula.email)

    answer = enrol(client)

    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert factors_of(paula) == {"totp", "recovery_codes"}
    assert len(re.findall(r"<li>\d{8}</li>", client.get(answer["Location"]).content.decode())) == 10
    assert mail.outbox[0].subject.startswith("An authenticator app was added")


def test_the_secret_is_shown_to_nobody_who_has_not_just_given_the_password(
    client: Client, paula: User
) -> None:
    sign_in(client, paula.email)

    answer = client.get(reverse("mfa_activate_totp"))

    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_sign_in_takes_the_password_and_then_the_code(client: Client, paula: User) -> None:
    with_app(paula)

    first = sign_in(client, paula.email)
    halfway = is_signed_in(client)
    send_code(client, code_now())

    assert first["Location"] == reverse("mfa_authenticate")
    assert not halfway
    assert is_signed_in(client)
    assert SignIn.objects.get().factors == "password, totp"


def test_a_wrong_code_lets_nobody_in(client: Client, paula: User) -> None:
    with_app(paula)
    sign_in(client, paula.email)

    page = send_code(client, code_now(steps=20))

    assert "This does not fit" in page.content.decode()
    assert not is_signed_in(client)
    assert SignIn.objects.get().outcome == SignInOutcome.WRONG_CODE


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_counts_once(paula: User, steps: int) -> None:
    with_app(paula)
    code = code_now(steps=steps)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, paula.email)
        send_code(client, code)

    assert [is_signed_in(first), is_signed_in(second)] == [True, False]


def test_a_recovery_code_signs_in_once(paula: User) -> None:
    with_app(paula)
    code = recovery_codes(paula)[0]
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, paula.email)
        send_code(client, code)

    assert [is_signed_in(first), is_signed_in(second)] == [True, False]


def test_codes_are_not_guessed_for_long(client: Client, paula: User) -> None:
    with_app(paula)
    sign_in(client, paula.email)
    for steps in range(20, 25):
        send_code(client, code_now(steps=steps))

    page = send_code(client, code_now())

    assert "Too many failed attempts" in page.content.decode()
    assert not is_signed_in(client)


@pytest.mark.usefixtures("committed", "_demanded")
def test_staff_without_a_second_factor_set_one_up_before_anything_else(client: Client) -> None:
    sign_in(client, make.staff(password=make.PASSWORD).email)
    kept_out = client.get("/admin/")
    reason = client.get(ENROL).content.decode()

    enrol(client)

    assert kept_out["Location"] == ENROL
    assert "Staff come into the back office with a second factor only" in reason
    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("_demanded")
def test_a_session_from_before_the_second_factor_is_asked_for_it(client: Client, sam: User) -> None:
    sign_in(client, sam.email)
    with_app(sam)

    kept_out = client.get("/admin/accounts/customer/")
    client.post(kept_out["Location"], {"code": code_now()})

    assert kept_out["Location"].startswith(reverse("mfa_reauthenticate"))
    assert client.get("/admin/accounts/customer/").status_code == 200


@pytest.mark.usefixtures("_demanded")
def test_staff_who_signed_in_with_it_are_let_in(client: Client, sam: User) -> None:
    with_app(sam)
    sign_in(client, sam.email)
    send_code(client, code_now())

    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("_demanded")
def test_staff_without_it_neither_write_nor_visit_a_customer_and_may_leave(
    client: Client, sam: User
) -> None:
    basil = make.basil()
    StaffVisit.objects.create(staff=sam, customer=basil, started_at=datetime.now(UTC))
    sign_in(client, sam.email)

    visit = client.get(reverse("portal:overview", args=[basil.public_id]))
    write = client.post(reverse("admin:accounts_customer_add"), {"name": "New"})
    leave = client.post("/admin/logout/")

    assert (visit["Location"], write["Location"]) == (ENROL, ENROL)
    assert leave["Location"] == "/accounts/login/"


@pytest.mark.usefixtures("_demanded")
def test_customers_people_need_none(client: Client, paula: User) -> None:
    sign_in(client, paula.email)

    assert client.get("/", follow=True).status_code == 200


def test_where_the_setting_is_off_staff_need_none(client: Client, sam: User) -> None:
    sign_in(client, sam.email)

    assert client.get("/admin/").status_code == 200
