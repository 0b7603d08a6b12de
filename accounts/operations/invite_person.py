"""Inviting somebody to a customer's pages."""

from datetime import datetime

from django.db import transaction

from accounts.models import Customer, Invitation, Membership, Role, User
from accounts.operations.write_invitation import write_invitation
from accounts.queries.invitations import outstanding_invitations


class AlreadyOfTheTeam(ValueError):
    """Somebody of the customer signs in with this address."""


class AlreadyInvited(ValueError):
    """An invitation to this address is open."""


class StaffNeedNoInvitation(ValueError):
    """Staff look at customers' pages on recorded visits instead."""


@transaction.atomic
def invite_person(
    *, customer: Customer, email: str, role: Role, by: User, now: datetime
) -> Invitation:
    """
    Return the invitation, open for a week; its e-mail carries the only copy of its secret.

    Whether the address has an account changes nothing and is told to nobody but other staff.

    :raises AlreadyOfTheTeam:
    :raises AlreadyInvited: it can be sent again, or revoked.
    :raises StaffNeedNoInvitation: staff invite staff. To a customer it is not told who they are:
        such an invitation goes out, and cannot be accepted.
    :raises TooManyInvitations: too many of this customer in a day.
    """
    address = email.strip().lower()
    locked = Customer.objects.select_for_update().get(pk=customer.pk)
    if Membership.objects.filter(customer=locked, user__email__iexact=address).exists():
        raise AlreadyOfTheTeam(f"{address} is already one of {locked}'s people.")
    if by.is_staff and User.objects.filter(email__iexact=address, is_staff=True).exists():
        raise StaffNeedNoInvitation(
            f"{address} is staff, who see a customer's pages by “View as customer”."
        )
    known = outstanding_invitations(customer=locked).filter(email__iexact=address).first()
    if known is not None and known.is_open(now=now):
        raise AlreadyInvited(
            f"{address} was invited already and has not answered. Send the invitation again, "
            "or revoke it first to choose another role."
        )
    return write_invitation(customer=locked, email=address, role=role, by=by, now=now)
