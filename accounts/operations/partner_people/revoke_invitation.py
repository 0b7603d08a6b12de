"""Taking an invitation to a partner's pages back."""

from datetime import datetime

from django.db import transaction

from accounts.models import Partner, PartnerInvitation
from accounts.operations.revoke_invitation import InvitationAccepted


@transaction.atomic
def revoke_invitation(*, invitation: PartnerInvitation, now: datetime) -> PartnerInvitation:
    """
    Return the invitation, whose link lets nobody in; revoked twice it keeps the first time.

    :raises InvitationAccepted: remove the person instead.
    """
    Partner.objects.select_for_update().get(pk=invitation.partner_id)
    found = PartnerInvitation.objects.get(pk=invitation.pk)
    if found.accepted_at is not None:
        raise InvitationAccepted(f"{found.email} has accepted; remove the person instead.")
    if found.revoked_at is None:
        found.revoked_at = now
        found.save(update_fields=["revoked_at"])
    return found
