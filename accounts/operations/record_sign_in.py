"""An attempt to sign in is written down."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import SignIn, SignInOutcome, User


def record_sign_in(
    *,
    email: str,
    outcome: SignInOutcome,
    ip: str | None,
    user_agent: str,
    now: datetime,
    user: User | None = None,
    factors: Sequence[str] = (),
) -> SignIn:
    """Return the new record; whose address it was is looked up where nobody is given."""
    address = email.lower()[:254]
    return SignIn.objects.create(
        user=user or User.objects.filter(email=address).first(),
        email=address,
        outcome=outcome,
        factors=", ".join(dict.fromkeys(factors))[:100],
        ip=ip,
        user_agent=user_agent.replace("\x00", "")[:200],
        at=now,
    )
