"""Accepting an invitation to a partner's pages, with the account one has or a new one."""

from datetime import datetime

from django.db import transaction

from accounts.invitation_token import token_digest
from accounts.models import Partner, PartnerInvitation, PartnerMembership, User
from accounts.operations.accept_invitation import (
    InvitationNotOpen,
    InvitationOfAnother,
    StaffAcceptNothing,
)
from accounts.operations.make_account import make_account


@transaction.atomic
def accept_invitation(*, token: str, user: User, now: datetime) -> PartnerMembership:
    """
    Return this person's place at the partner; who accepts twice gets the same one.

    Who is of the partner already keeps the role they have.

    :raises InvitationNotOpen:
    :raises InvitationOfAnother:
    :raises StaffAcceptNothing:
    """
    invitation = _locked(token)
    if invitation.accepted_by_id == user.pk:
        place = PartnerMembership.objects.filter(partner=invitation.partner, user=user).first()
        if place is not None:
            return place
    _check_open(invitation, now)
    if not invitation.is_for(email=user.email):
        raise InvitationOfAnother(f"This invitation is for {invitation.email}.")
    if user.is_staff:
        raise StaffAcceptNothing("Staff see in the back office what a partner sent.")
    return _accept(invitation, user, now)


@transaction.atomic
def accept_as_new_person(
    *, token: str, first_name: str, last_name: str, password: str, now: datetime
) -> PartnerMembership:
    """
    Return the place of a new person, whose address is verified: only it got the link.

    The password was validated by the caller.

    :raises InvitationNotOpen:
    :raises AddressHasAccount:
    """
    invitation = _locked(token)
    _check_open(invitation, now)
    user = make_account(
        email=invitation.email, first_name=first_name, last_name=last_name, password=password
    )
    return _accept(invitation, user, now)


def _locked(token: str) -> PartnerInvitation:
    """Return the invitation; whatever changes its partner's people waits."""
    found = PartnerInvitation.objects.filter(token_sha256=token_digest(token)).first()
    if found is None:
        raise InvitationNotOpen("This invitation is not open.")
    partner = Partner.objects.select_for_update().get(pk=found.partner_id)
    invitation = PartnerInvitation.objects.get(pk=found.pk)
    invitation.partner = partner
    return invitation


def _check_open(invitation: PartnerInvitation, now: datetime) -> None:
    if not invitation.is_open(now=now):
        raise InvitationNotOpen("This invitation is not open.")


def _accept(invitation: PartnerInvitation, user: User, now: datetime) -> PartnerMembership:
    place, _ = PartnerMembership.objects.get_or_create(
        partner=invitation.partner, user=user, defaults={"role": invitation.role}
    )
    invitation.accepted_at = now
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return place
