"""Writing an invitation and its e-mail; who may be invited is decided before."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.urls import reverse

from accounts.documents.addresses import customer_address
from accounts.documents.message import rendered_message
from accounts.invitation_token import new_invitation_token, token_digest
from accounts.models import Customer, Invitation, MessageKind, Role, User
from accounts.operations.queue_message import queue_message
from accounts.queries.invitations import outstanding_invitations
from accounts.sealing import sealed

OPEN_FOR = timedelta(days=7)
MOST_A_DAY = 50


class TooManyInvitations(ValueError):
    """So many e-mails in one day look like somebody who writes to strangers in our name."""


def write_invitation(
    *, customer: Customer, email: str, role: Role, by: User, now: datetime
) -> Invitation:
    """
    Return a new invitation whose e-mail is queued; an older one to the address ends.

    The customer's row is locked by the caller. The secret is in the e-mail alone, sealed
    until it is sent.

    :raises TooManyInvitations:
    """
    today = customer.invitations.filter(created_at__gt=now - timedelta(days=1))
    if today.count() >= MOST_A_DAY:
        raise TooManyInvitations(
            f"{MOST_A_DAY} invitations were sent within a day; go on tomorrow."
        )
    outstanding_invitations(customer=customer).filter(email__iexact=email).update(revoked_at=now)
    token = new_invitation_token()
    invitation = Invitation.objects.create(
        customer=customer,
        email=email,
        role=role,
        token_sha256=token_digest(token),
        invited_by=by,
        created_at=now,
        expires_at=now + OPEN_FOR,
    )
    _queue_email(invitation, token, now)
    return invitation


def message_key(invitation: Invitation) -> str:
    """Return the key of the e-mail that carries this invitation's secret."""
    return f"invitation:{invitation.public_id}"


def _queue_email(invitation: Invitation, token: str, now: datetime) -> None:
    customer = invitation.customer
    key = message_key(invitation)
    path = reverse("invitation", args=[sealed(secret=token, about=key)])
    message = rendered_message(
        template="invitation",
        brand=customer.brand,
        context={
            "customer": customer,
            "inviter": invitation.invited_by.get_full_name() or invitation.invited_by.email,
            "role_label": Role(invitation.role).label,
            "link": customer_address(brand=customer.brand, path=path),
            "expires": _expiry_words(invitation.expires_at, customer.timezone),
        },
    )
    queue_message(
        kind=MessageKind.INVITATION,
        key=key,
        customer=customer,
        to=invitation.email,
        subject=message.subject,
        text=message.text,
        html=message.html,
        now=now,
    )


def _expiry_words(expires_at: datetime, zone: str) -> str:
    local = expires_at.astimezone(ZoneInfo(zone))
    return format_datetime(local, "MMM d, y 'at' HH:mm zzz", locale="en_US")
