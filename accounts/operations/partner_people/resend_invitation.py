"""Sending an invitation to a partner's pages again, with another secret."""

from datetime import datetime

from django.db import transaction

from accounts.models import Partner, PartnerInvitation, PartnerRole, User
from accounts.operations.partner_people.write_invitation import write_invitation
from accounts.operations.resend_invitation import InvitationIsOver


@transaction.atomic
def resend_invitation(
    *, invitation: PartnerInvitation, by: User, now: datetime
) -> PartnerInvitation:
    """
    Return a new invitation of the same address and role; the link of the old one is dead.

    :raises InvitationIsOver: there is nothing to send again.
    :raises TooManyInvitations: too many of this partner in a day.
    """
    partner = Partner.objects.select_for_update().get(pk=invitation.partner_id)
    old = PartnerInvitation.objects.get(pk=invitation.pk)
    if not old.is_outstanding:
        raise InvitationIsOver(f"The invitation of {old.email} is over; invite them anew.")
    return write_invitation(
        partner=partner, email=old.email, role=PartnerRole(old.role), by=by, now=now
    )
