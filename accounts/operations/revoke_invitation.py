"""Taking an invitation back."""

from datetime import datetime

from django.db import transaction

from accounts.models import Customer, Invitation


class InvitationAccepted(ValueError):
    """Who was invited is one of the customer's people by now."""


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, now: datetime) -> Invitation:
    """
    Return the invitation, whose link lets nobody in; revoked twice it keeps the first time.

    :raises InvitationAccepted: remove the person instead.
    """
    Customer.objects.select_for_update().get(pk=invitation.customer_id)
    found = Invitation.objects.get(pk=invitation.pk)
    if found.accepted_at is not None:
        raise InvitationAccepted(f"{found.email} has accepted; remove the person instead.")
    if found.revoked_at is None:
        found.revoked_at = now
        found.save(update_fields=["revoked_at"])
    return found
