"""Sending an invitation again, with another secret."""

from datetime import datetime

from django.db import transaction

from accounts.models import Customer, Invitation, Role, User
from accounts.operations.write_invitation import write_invitation


class InvitationIsOver(ValueError):
    """It was accepted or revoked."""


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: User, now: datetime) -> Invitation:
    """
    Return a new invitation of the same address and role; the link of the old one is dead.

    :raises InvitationIsOver: there is nothing to send again.
    :raises TooManyInvitations: too many of this customer in a day.
    """
    customer = Customer.objects.select_for_update().get(pk=invitation.customer_id)
    old = Invitation.objects.get(pk=invitation.pk)
    if not old.is_outstanding:
        raise InvitationIsOver(f"The invitation of {old.email} is over; invite them anew.")
    return write_invitation(customer=customer, email=old.email, role=Role(old.role), by=by, now=now)
