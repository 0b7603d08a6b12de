"""One address per person, which counts once somebody stands for it."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests import factories as make
from tests.accounts.sign_in.people import is_signed_in, sign_in
from tests.admin_forms import save_form

pytestmark = pytest.mark.django_db

PAGE = "/accounts/email/"


@pytest.fixture
def paula() -> User:
    return make.member(make.basil(), "paula@basil.example")


@pytest.fixture
def browser(client: Client, paula: User) -> Client:
    """Paula's, who has just given her password again."""
    sign_in(client, paula.email)
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    return client


def ask_for(client: Client, email: str) -> None:
    client.post(PAGE, {"email": email, "action_add": ""})


def link_in(position: int) -> str:
    link = re.search(
        r"http://testserver(/accounts/confirm-email/\S+)", str(mail.outbox[position].body)
    )
    assert link is not None
    return link[1]


def test_a_new_address_counts_once_its_link_is_opened(browser: Client, paula: User) -> None:
    ask_for(browser, "paula@bakery.example")
    paula.refresh_from_db()
    before = paula.email
    link = link_in(0)
    Client().get(link)
    paula.refresh_from_db()
    seen = paula.email

    browser.post(link)

    paula.refresh_from_db()
    assert (before, seen, paula.email) == (
        "paula@basil.example", "paula@basil.example", "paula@bakery.example",
    )  # fmt: skip
    assert [m.to for m in mail.outbox] == [["paula@bakery.example"], ["paula@basil.example"]]
    assert mail.outbox[1].subject.startswith("Your e-mail address was changed")
    assert sign_in(Client(), "paula@basil.example").status_code == 200
    assert sign_in(Client(), "paula@bakery.example").status_code == 302


def test_a_change_needs_the_password_again(client: Client, paula: User) -> None:
    sign_in(client, paula.email)

    answer = client.post(PAGE, {"email": "eve@evil.example", "action_add": ""})

    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert mail.outbox == []


def test_the_address_of_another_is_not_told_from_a_free_one(browser: Client) -> None:
    make.person("carla@carla.example")

    ask_for(browser, "carla@carla.example")
    taken = browser.get(PAGE).content.decode()
    ask_for(browser, "free@carla.example")
    free = browser.get(PAGE).content.decode()

    assert "email_taken" not in taken
    assert ("carla@carla.example" in taken) == ("free@carla.example" in free)
    assert User.objects.filter(email="carla@carla.example").count() == 1
    assert mail.outbox[0].subject.startswith("Your address was given for another account")


def test_an_address_that_staff_replaced_opens_nothing_any_more(
    client: Client, paula: User, staff_client: Client
) -> None:
    sign_in(client, paula.email)
    url = reverse("admin:accounts_user_change", args=[paula.pk])

    save_form(staff_client, url, email="Paula@Bakery.example")
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": "paula@basil.example"})

    assert list(EmailAddress.objects.filter(user=paula).values_list("email", "verified")) == [
        ("paula@bakery.example", True)
    ]
    assert mail.outbox[0].subject.startswith("No account with this address")
    later = Client()
    sign_in(later, "paula@bakery.example")
    assert is_signed_in(later)


def test_whoever_was_entered_in_capitals_signs_in_in_small_letters(client: Client) -> None:
    make.person("Paula@Basil.Example")

    sign_in(client, "paula@basil.example")

    assert is_signed_in(client)
