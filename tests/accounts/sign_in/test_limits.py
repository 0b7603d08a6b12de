"""Nobody guesses for long, and nobody makes an account alone."""

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import SignIn, SignInOutcome, User
from billing_portal.cache import cache_settings
from tests import factories as make
from tests.accounts.sign_in.people import is_signed_in, sign_in

pytestmark = pytest.mark.django_db

LOCKED = "Too many failed attempts. Try again in five minutes"


@pytest.fixture
def paula() -> User:
    return make.member(make.basil(), "paula@basil.example")


def fail(times: int, email: str = "paula@basil.example", **extra: str) -> None:
    for _ in range(times):
        Client().post("/accounts/login/", {"login": email, "password": "wrong"}, **extra)  # type: ignore[arg-type]


def test_after_five_failures_the_right_password_does_not_help_either(
    client: Client, paula: User
) -> None:
    fail(5)

    page = sign_in(client, paula.email)

    assert LOCKED in page.content.decode()
    assert not is_signed_in(client)
    assert SignIn.objects.latest("id").outcome == SignInOutcome.LOCKED


def test_four_failures_lock_nobody_out(client: Client, paula: User) -> None:
    fail(4)

    sign_in(client, paula.email)

    assert is_signed_in(client)


def test_another_address_of_the_network_or_another_host_is_no_way_around(
    settings: Settings, paula: User
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    for number in range(5):
        fail(1, REMOTE_ADDR=f"10.0.0.{number}", HTTP_HOST=f"h{number}.example.com")
    client = Client(REMOTE_ADDR="10.0.1.1")

    sign_in(client, paula.email)

    assert not is_signed_in(client)


def test_one_address_of_the_network_guesses_at_ten_people_a_minute(
    client: Client, paula: User
) -> None:
    for number in range(10):
        fail(1, f"p{number}@basil.example")

    assert LOCKED in sign_in(client, paula.email).content.decode()
    elsewhere = Client(REMOTE_ADDR="10.0.0.1")
    sign_in(elsewhere, paula.email)
    assert is_signed_in(elsewhere)


@pytest.mark.parametrize(
    "proxies, locked", [(0, True), (1, False)], ids=["no proxy of ours", "one proxy of ours"]
)
def test_the_clients_address_is_what_our_own_proxy_adds(
    settings: Settings, paula: User, proxies: int, locked: bool
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    for number in range(10):
        fail(1, f"p{number}@b.example", HTTP_X_FORWARDED_FOR="198.51.100.9, 203.0.113.9")
    client = Client(HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.9")

    sign_in(client, paula.email)

    assert is_signed_in(client) is not locked


def test_the_page_that_says_too_often_says_when_to_try_again(client: Client) -> None:
    for _ in range(3):
        client.post(reverse("account_reset_password"), {"email": "paula@basil.example"})

    answer = client.post(reverse("account_reset_password"), {"email": "paula@basil.example"})

    assert answer.status_code == 429
    assert answer["Retry-After"] == "300"
    assert "Try again in five minutes" in answer.content.decode()
    assert len(mail.outbox) == 3


def test_a_new_password_opens_an_account_that_was_locked(client: Client, paula: User) -> None:
    fail(5)
    client.post(reverse("account_reset_password"), {"email": paula.email})
    link = next(word for word in str(mail.outbox[0].body).split() if "/key/" in word)
    form = client.get(link)["Location"]
    client.post(form, {"password1": "quite another one", "password2": "quite another one"})

    sign_in(client, paula.email, "quite another one")

    assert is_signed_in(client)


def test_nobody_makes_an_account_alone(client: Client) -> None:
    sent = {"email": "eve@evil.example", "password1": make.PASSWORD, "password2": make.PASSWORD}

    page = client.get("/accounts/signup/").content.decode()
    answer = client.post("/accounts/signup/", sent)

    assert "People come in by invitation" in page
    assert answer.content.decode().count("<form") == page.count("<form")
    assert not User.objects.exists()


def test_limits_are_counted_where_all_processes_see_them() -> None:
    assert cache_settings("")["BACKEND"].endswith("DatabaseCache")
    assert cache_settings("redis://cache:6379/1") == {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://cache:6379/1",
    }
    with pytest.raises(ImproperlyConfigured, match="CACHE_URL"):
        cache_settings("memcached://cache")
