"""Staff come in by two factors, where the installation asks for it."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User

# Where staff see or do what others must not. Everything else is public or of sign-in itself.
GUARDED = frozenset({"admin", "partner", "portal"})
ALWAYS_OPEN = frozenset({"admin:login", "admin:logout"})
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
_ENROLLED_BY = "second_factor_enrolled_by"


class StaffSecondFactorMiddleware:
    """Sends staff without a second factor to set one up, and those who did not use it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        if not settings.STAFF_SECOND_FACTOR or not _is_guarded(request):
            return None
        user = request.user
        if not isinstance(user, User) or not user.is_staff:
            return None
        if not is_mfa_enabled(user, FACTORS):
            return redirect("mfa_index")
        if _was_used(request, user):
            return None
        back = request.get_full_path() if request.method == "GET" else reverse("home")
        return redirect(f"{_confirmation_page(user)}?{urlencode({'next': back})}")


def note_enrolment(
    *, request: HttpRequest, user: User, authenticator: Authenticator, **other: Any
) -> None:
    """Remember that this session has just shown its new second factor: it is not asked again."""
    if authenticator.type in FACTORS:
        request.session[_ENROLLED_BY] = str(user.pk)


def _is_guarded(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is None or match.view_name in ALWAYS_OPEN:
        return False
    return not GUARDED.isdisjoint(match.namespaces)


def _was_used(request: HttpRequest, user: User) -> bool:
    if request.session.get(_ENROLLED_BY) == str(user.pk):
        return True
    records = get_authentication_records(request, user)
    return any(record["method"] == "mfa" for record in records)


def _confirmation_page(user: User) -> str:
    methods = get_adapter().get_reauthentication_methods(user)
    return next(each["url"] for each in methods if each["id"].startswith("mfa_"))
