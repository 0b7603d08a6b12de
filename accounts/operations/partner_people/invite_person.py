"""Inviting somebody to a partner's pages."""

from datetime import datetime

from django.db import transaction

from accounts.models import Partner, PartnerInvitation, PartnerMembership, PartnerRole, User
from accounts.operations.invite_person import (
    AlreadyInvited,
    AlreadyOfTheTeam,
    StaffNeedNoInvitation,
)
from accounts.operations.partner_people.write_invitation import write_invitation
from accounts.queries.partner_invitations import outstanding_invitations


@transaction.atomic
def invite_person(
    *, partner: Partner, email: str, role: PartnerRole, by: User, now: datetime
) -> PartnerInvitation:
    """
    Return the invitation, open for a week; its e-mail carries the only copy of its secret.

    Whether the address has an account changes nothing and is told to nobody but other staff.

    :raises AlreadyOfTheTeam:
    :raises AlreadyInvited: it can be sent again, or revoked.
    :raises StaffNeedNoInvitation: staff see in the back office what a partner sent. To a partner
        it is not told who they are: such an invitation goes out, and cannot be accepted.
    :raises TooManyInvitations: too many of this partner in a day.
    """
    address = email.strip().lower()
    locked = Partner.objects.select_for_update().get(pk=partner.pk)
    if PartnerMembership.objects.filter(partner=locked, user__email__iexact=address).exists():
        raise AlreadyOfTheTeam(f"{address} is already one of {locked}'s people.")
    if by.is_staff and User.objects.filter(email__iexact=address, is_staff=True).exists():
        raise StaffNeedNoInvitation(
            f"{address} is staff, who see in the back office what a partner sent."
        )
    known = outstanding_invitations(partner=locked).filter(email__iexact=address).first()
    if known is not None and known.is_open(now=now):
        raise AlreadyInvited(
            f"{address} was invited already and has not answered. Send the invitation again, "
            "or revoke it first to choose another role."
        )
    return write_invitation(partner=locked, email=address, role=role, by=by, now=now)
