"""Invitations to partners' pages, and whose address they went to."""

from datetime import datetime

from django.db.models import F, QuerySet

from accounts.invitation_token import token_digest
from accounts.models import Partner, PartnerInvitation, PartnerMembership, User
from accounts.queries.invitations import A_MOMENT


def open_invitation(*, token: str, now: datetime) -> PartnerInvitation | None:
    """Return the invitation whose link this is, None where it lets nobody in."""
    found = (
        PartnerInvitation.objects.filter(token_sha256=token_digest(token))
        .select_related("partner", "invited_by")
        .first()
    )
    return found if found is not None and found.is_open(now=now) else None


def was_just_accepted(*, token: str, now: datetime) -> bool:
    """Return whether the account of its own address has accepted it within the last minute."""
    return PartnerInvitation.objects.filter(
        token_sha256=token_digest(token),
        accepted_at__gt=now - A_MOMENT,
        accepted_by__email__iexact=F("email"),
    ).exists()


def outstanding_invitations(*, partner: Partner) -> QuerySet[PartnerInvitation]:
    """Return those neither accepted nor revoked, too old ones among them, newest first."""
    return partner.invitations.filter(accepted_at=None, revoked_at=None).select_related(
        "invited_by"
    )


def place_by_invitation(*, token: str, user: User) -> PartnerMembership | None:
    """Return the place that this person got by this link, None where they have it no more."""
    return (
        PartnerMembership.objects.filter(
            user=user,
            partner__invitations__token_sha256=token_digest(token),
            partner__invitations__accepted_by=user,
        )
        .select_related("partner")
        .first()
    )
