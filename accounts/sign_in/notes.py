"""What allauth tells by its signals alone, and we write down."""

from typing import Any

from allauth.mfa.signals import authentication_failed, authenticator_added
from django.http import HttpRequest

from accounts.models import SignInOutcome, User
from accounts.sign_in.attempts import note_attempt
from accounts.sign_in.second_factor import note_enrolment


def listen() -> None:
    """Begin to listen; once, when the apps are ready."""
    authenticator_added.connect(_enrolled, dispatch_uid="accounts.sign_in.enrolled")
    authentication_failed.connect(_wrong_code, dispatch_uid="accounts.sign_in.wrong_code")


def _enrolled(request: HttpRequest, user: User, authenticator: Any, **told: Any) -> None:
    note_enrolment(request=request, user=user, authenticator=authenticator)


def _wrong_code(request: HttpRequest, user: User, **told: Any) -> None:
    note_attempt(request=request, email=user.email, outcome=SignInOutcome.WRONG_CODE, user=user)
