"""Writing an invitation to a partner's pages, and its e-mail."""

from datetime import datetime, timedelta

from babel.dates import format_datetime
from django.urls import reverse

from accounts.documents.addresses import customer_address
from accounts.documents.message import rendered_message
from accounts.invitation_token import new_invitation_token, token_digest
from accounts.models import MessageKind, Partner, PartnerInvitation, PartnerRole, User
from accounts.operations.queue_message import queue_message
from accounts.operations.write_invitation import MOST_A_DAY, OPEN_FOR, TooManyInvitations
from accounts.queries.partner_brand import partner_brand
from accounts.queries.partner_invitations import outstanding_invitations
from accounts.sealing import sealed


class NoBrand(ValueError):
    """E-mails go out under a brand, and there is none yet."""


def write_invitation(
    *, partner: Partner, email: str, role: PartnerRole, by: User, now: datetime
) -> PartnerInvitation:
    """
    Return a new invitation whose e-mail is queued; an older one to the address ends.

    The partner's row is locked by the caller. The secret is in the e-mail alone, sealed
    until it is sent.

    :raises TooManyInvitations:
    :raises NoBrand:
    """
    today = partner.invitations.filter(created_at__gt=now - timedelta(days=1))
    if today.count() >= MOST_A_DAY:
        raise TooManyInvitations(
            f"{MOST_A_DAY} invitations were sent within a day; go on tomorrow."
        )
    outstanding_invitations(partner=partner).filter(email__iexact=email).update(revoked_at=now)
    token = new_invitation_token()
    invitation = PartnerInvitation.objects.create(
        partner=partner,
        email=email,
        role=role,
        token_sha256=token_digest(token),
        invited_by=by,
        created_at=now,
        expires_at=now + OPEN_FOR,
    )
    _queue_email(invitation, token, now=now)
    return invitation


def message_key(invitation: PartnerInvitation) -> str:
    """Return the key of the e-mail that carries this invitation's secret."""
    return f"invitation:{invitation.public_id}"


def _queue_email(invitation: PartnerInvitation, token: str, *, now: datetime) -> None:
    partner = invitation.partner
    brand = partner_brand(partner=partner)
    if brand.pk is None:
        raise NoBrand("Make a brand first: the invitation goes out under its name.")
    key = message_key(invitation)
    path = reverse("partner_invitation", args=[sealed(secret=token, about=key)])
    message = rendered_message(
        template="partner_invitation",
        brand=brand,
        context={
            "partner": partner,
            "inviter": invitation.invited_by.get_full_name() or invitation.invited_by.email,
            "role_label": PartnerRole(invitation.role).label,
            "link": customer_address(brand=brand, path=path),
            "expires": format_datetime(
                invitation.expires_at, "MMM d, y 'at' HH:mm zzz", locale="en_US"
            ),
        },
    )
    queue_message(
        kind=MessageKind.INVITATION,
        key=key,
        brand=brand,
        partner=partner,
        to=invitation.email,
        subject=message.subject,
        text=message.text,
        html=message.html,
        now=now,
    )
