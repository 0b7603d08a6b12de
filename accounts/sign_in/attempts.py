"""Attempts to sign in, as they are seen from a request."""

from datetime import UTC, datetime

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from accounts.models import SignInOutcome, User
from accounts.operations.record_sign_in import record_sign_in


def note_attempt(
    *, request: HttpRequest, email: str, outcome: SignInOutcome, user: User | None = None
) -> None:
    """Write down how an attempt ended, and by which factors where it succeeded."""
    records = get_authentication_records(request, user)
    factors = [record.get("type") or record["method"] for record in records]
    record_sign_in(
        email=email,
        outcome=outcome,
        ip=get_adapter().get_client_ip(request),
        user_agent=request.headers.get("User-Agent", ""),
        now=datetime.now(UTC),
        user=user,
        factors=factors if outcome is SignInOutcome.SIGNED_IN else (),
    )
