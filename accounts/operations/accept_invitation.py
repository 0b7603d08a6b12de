"""Accepting an invitation, with the account one has or a new one."""

from datetime import datetime

from django.db import transaction

from accounts.invitation_token import token_digest
from accounts.models import Customer, Invitation, Membership, User
from accounts.operations.make_account import make_account


class InvitationNotOpen(ValueError):
    """Unknown, accepted, revoked or too old: which of them is told to nobody."""


class InvitationOfAnother(ValueError):
    """It went to another address than this person's."""


class StaffAcceptNothing(ValueError):
    """Staff look at customers' pages on recorded visits instead."""


@transaction.atomic
def accept_invitation(*, token: str, user: User, now: datetime) -> Membership:
    """
    Return this person's place at the customer; who accepts twice gets the same one.

    Who is of the customer already keeps the role they have.

    :raises InvitationNotOpen:
    :raises InvitationOfAnother:
    :raises StaffAcceptNothing:
    """
    invitation = _locked(token)
    if invitation.accepted_by_id == user.pk:
        place = Membership.objects.filter(customer=invitation.customer, user=user).first()
        if place is not None:
            return place
    _check_open(invitation, now)
    if not invitation.is_for(email=user.email):
        raise InvitationOfAnother(f"This invitation is for {invitation.email}.")
    if user.is_staff:
        raise StaffAcceptNothing("Staff see a customer's pages by “View as customer”.")
    return _accept(invitation, user, now)


@transaction.atomic
def accept_as_new_person(
    *, token: str, first_name: str, last_name: str, password: str, now: datetime
) -> Membership:
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


def _locked(token: str) -> Invitation:
    """Return the invitation; whatever changes its customer's people waits."""
    found = Invitation.objects.filter(token_sha256=token_digest(token)).first()
    if found is None:
        raise InvitationNotOpen("This invitation is not open.")
    customer = Customer.objects.select_for_update().get(pk=found.customer_id)
    invitation = Invitation.objects.get(pk=found.pk)
    invitation.customer = customer
    return invitation


def _check_open(invitation: Invitation, now: datetime) -> None:
    if not invitation.is_open(now=now):
        raise InvitationNotOpen("This invitation is not open.")


def _accept(invitation: Invitation, user: User, now: datetime) -> Membership:
    place, _ = Membership.objects.get_or_create(
        customer=invitation.customer, user=user, defaults={"role": invitation.role}
    )
    invitation.accepted_at = now
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return place
