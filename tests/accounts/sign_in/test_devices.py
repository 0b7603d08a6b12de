"""Where people are signed in, as they and staff see it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.sign_in.devices import device_words
from tests import factories as make
from tests.accounts.sign_in.people import LOGIN, factors_of, recovery_codes, sign_in, with_app

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    "said, words",
    [
        (FIREFOX, "Firefox on Linux"),
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_named_as_people_name_it(said: str, words: str) -> None:
    assert device_words(said) == words


@pytest.fixture
def paula(db: None) -> User:
    return make.member(make.basil(), "paula@basil.example")


def test_people_see_their_devices_and_sign_the_others_out(paula: User) -> None:
    here, phone = Client(HTTP_USER_AGENT=FIREFOX), Client(HTTP_USER_AGENT=PHONE)
    for browser in (phone, here):
        sign_in(browser, paula.email)
    page = here.get(reverse("usersessions_list")).content.decode()

    here.post(reverse("usersessions_list"))

    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    assert here.get(reverse("usersessions_list")).status_code == 200
    assert phone.get(reverse("usersessions_list"))["Location"].startswith(LOGIN)


def test_nobody_sees_the_devices_of_others(paula: User) -> None:
    carla = Client(HTTP_USER_AGENT=PHONE)
    sign_in(carla, make.person("carla@carla.example").email)
    here = Client(HTTP_USER_AGENT=FIREFOX)
    sign_in(here, paula.email)

    here.post(reverse("usersessions_list"))

    assert "iPhone" not in here.get(reverse("usersessions_list")).content.decode()
    assert carla.get(reverse("usersessions_list")).status_code == 200


def test_staff_sign_a_device_out(staff_client: Client, paula: User) -> None:
    phone = Client()
    sign_in(phone, paula.email)
    session = UserSession.objects.get(user=paula)

    staff_client.post(
        reverse("admin:usersessions_usersession_delete", args=[session.pk]), {"post": "yes"}
    )

    assert phone.get(reverse("usersessions_list"))["Location"].startswith(LOGIN)


def test_staff_take_away_a_factor_that_was_lost_with_its_recovery_codes(
    staff_client: Client, paula: User
) -> None:
    with_app(paula)
    recovery_codes(paula)
    app = Authenticator.objects.get(user=paula, type="totp")
    page = reverse("admin:mfa_authenticator_change", args=[app.pk])
    shown = staff_client.get(page).content.decode()

    staff_client.post(reverse("admin:mfa_authenticator_delete", args=[app.pk]), {"post": "yes"})

    assert app.data["secret"] not in shown
    assert factors_of(paula) == set()


def test_who_may_do_less_takes_no_factor_from_who_may_do_more(clerk_client: Client) -> None:
    sam = with_app(make.staff())
    clara = User.objects.get(email="clara@northwind.example")
    clara.user_permissions.add(
        *clara._meta.apps.get_model("auth", "Permission").objects.filter(
            codename="delete_authenticator"
        )
    )
    app = Authenticator.objects.get(user=sam)

    answer = clerk_client.post(
        reverse("admin:mfa_authenticator_delete", args=[app.pk]), {"post": "yes"}
    )

    assert answer.status_code == 403
    assert factors_of(sam) == {"totp"}
