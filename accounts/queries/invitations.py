"""Invitations, and whose address they went to."""

from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from accounts.invitation_token import token_digest
from accounts.models import Customer, Invitation, Membership, User

A_MOMENT = timedelta(minutes=1)


def invitation_of_token(*, token: str) -> Invitation | None:
    """Return the invitation whose link this is, open or not."""
    return (
        Invitation.objects.filter(token_sha256=token_digest(token))
        .select_related("customer__brand", "customer__legal_entity", "invited_by")
        .first()
    )


def open_invitation(*, token: str, now: datetime) -> Invitation | None:
    """Return the invitation whose link this is, None where it lets nobody in."""
    found = invitation_of_token(token=token)
    return found if found is not None and found.is_open(now=now) else None


def was_just_accepted(*, token: str, now: datetime) -> bool:
    """Return whether the account of its own address has accepted it within the last minute."""
    return Invitation.objects.filter(
        token_sha256=token_digest(token),
        accepted_at__gt=now - A_MOMENT,
        accepted_by__email__iexact=F("email"),
    ).exists()


def outstanding_invitations(*, customer: Customer) -> QuerySet[Invitation]:
    """Return those neither accepted nor revoked, too old ones among them, newest first."""
    return customer.invitations.filter(accepted_at=None, revoked_at=None).select_related(
        "invited_by"
    )


def person_with_address(*, email: str) -> User | None:
    """Return who signs in with this address: each person has one."""
    return User.objects.filter(email__iexact=email).first()


def place_by_invitation(*, token: str, user: User) -> Membership | None:
    """Return the place that this person got by this link, None where they have it no more."""
    return (
        Membership.objects.filter(
            user=user,
            customer__invitations__token_sha256=token_digest(token),
            customer__invitations__accepted_by=user,
        )
        .select_related("customer")
        .first()
    )
