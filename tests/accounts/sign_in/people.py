"""How tests sign in: by the pages, as people do."""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import PASSWORD

LOGIN = "/accounts/login/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(client: Client, email: str, password: str = PASSWORD, **sent: str) -> Any:
    """Return the answer to e-mail and password."""
    return client.post(LOGIN, {"login": email, "password": password, **sent})


def code_now(secret: str = SECRET, *, steps: int = 0) -> str:
    """Return what an authenticator app shows now, or some half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def with_app(user: User) -> User:
    """Return the person, who has set up an authenticator app."""
    TOTP.activate(user, SECRET)
    return user


def recovery_codes(user: User) -> list[str]:
    """Return the person's recovery codes, made now."""
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def send_code(client: Client, code: str) -> Any:
    """Return the answer to the second step."""
    return client.post(reverse("mfa_authenticate"), {"code": code})


def is_signed_in(client: Client) -> bool:
    """Return whether this browser's session is somebody's."""
    return "_auth_user_id" in client.session


def factors_of(user: User) -> set[str]:
    """Return the kinds of second factor that the person has."""
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
