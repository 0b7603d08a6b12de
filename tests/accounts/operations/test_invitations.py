"""Inviting, sending again, revoking."""

from datetime import timedelta

import pytest

from accounts.invitation_token import token_digest
from accounts.models import Invitation, Message, MessageKind, Role
from accounts.operations.accept_invitation import InvitationNotOpen, accept_invitation
from accounts.operations.invite_person import (
    AlreadyInvited,
    AlreadyOfTheTeam,
    StaffNeedNoInvitation,
    invite_person,
)
from accounts.operations.resend_invitation import InvitationIsOver, resend_invitation
from accounts.operations.revoke_invitation import InvitationAccepted, revoke_invitation
from accounts.operations.write_invitation import MOST_A_DAY, TooManyInvitations
from tests import factories as make
from tests.at_once import errors_at_once
from tests.invitations import COLLEAGUE, invited, token_sent

WEEK = timedelta(days=7)


@pytest.mark.django_db
def test_an_invitation_is_open_for_seven_days_to_the_second() -> None:
    invitation = invited(make.basil())

    assert invitation.is_open(now=make.NOW + WEEK - timedelta(seconds=1))
    assert not invitation.is_open(now=make.NOW + WEEK)


@pytest.mark.django_db
def test_one_email_carries_the_secret_and_the_database_does_not() -> None:
    invitation = invited(make.basil())

    message = Message.objects.get()
    token = token_sent(invitation)

    assert (message.kind, message.to) == (MessageKind.INVITATION, COLLEAGUE)
    assert len(token) == 43
    assert invitation.token_sha256 == token_digest(token)
    for row in (*Invitation.objects.values_list(), *Message.objects.values_list()):
        assert token not in "".join(map(str, row))


@pytest.mark.django_db
def test_the_email_names_who_invites_the_customer_and_the_role() -> None:
    basil = make.basil()
    owner = make.member(basil)
    owner.first_name, owner.last_name = "Olga", "Oven"
    owner.save()

    invited(basil, by=owner)

    message = Message.objects.get()
    assert "Olga Oven" in message.text
    assert "Basil's Bakery" in message.subject
    assert "billing: invoices, questions, details" in message.text
    assert "Nov 28, 2026 at 12:00 UTC" in message.text


@pytest.mark.django_db
def test_an_address_is_kept_in_small_letters() -> None:
    assert invited(make.basil(), " Nora@Basil.Example ").email == COLLEAGUE


@pytest.mark.django_db
def test_whether_an_address_has_an_account_makes_no_difference() -> None:
    basil = make.basil()
    owner = make.member(basil)
    make.member(make.carla(), "known@carla.example")

    known = invited(basil, "known@carla.example", by=owner)
    unknown = invited(basil, "new@carla.example", by=owner)

    assert (known.role, known.expires_at) == (unknown.role, unknown.expires_at)
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_who_is_of_the_team_is_not_invited() -> None:
    basil = make.basil()
    owner = make.member(basil)

    with pytest.raises(AlreadyOfTheTeam, match="already one of Basil's Bakery's people"):
        invited(basil, owner.email.upper(), by=owner)


@pytest.mark.django_db
def test_an_open_invitation_stands_in_the_way_of_a_second_one() -> None:
    basil = make.basil()
    owner = make.member(basil)
    invited(basil, by=owner)

    with pytest.raises(AlreadyInvited):
        invited(basil, "NORA@basil.example", by=owner)
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_an_invitation_that_grew_too_old_makes_room_for_another() -> None:
    basil = make.basil()
    owner = make.member(basil)
    old = invited(basil, by=owner)

    later = make.NOW + WEEK
    new = invite_person(customer=basil, email=COLLEAGUE, role=Role.OWNER, by=owner, now=later)

    old.refresh_from_db()
    assert (old.revoked_at, new.is_outstanding) == (later, True)


@pytest.mark.django_db
def test_staff_are_told_that_staff_need_no_invitation_and_customers_are_not() -> None:
    basil, staff = make.basil(), make.staff()

    with pytest.raises(StaffNeedNoInvitation):
        invited(basil, "sam@northwind.example", by=staff)
    assert invited(basil, "sam@northwind.example", by=make.member(basil)).is_outstanding


@pytest.mark.django_db
def test_nobody_writes_to_strangers_all_day_in_our_name() -> None:
    basil = make.basil()
    owner = make.member(basil)
    for number in range(MOST_A_DAY):
        invited(basil, f"stranger-{number}@elsewhere.example", by=owner)

    with pytest.raises(TooManyInvitations, match="go on tomorrow"):
        invited(basil, by=owner)
    tomorrow = make.NOW + timedelta(days=1)
    invite_person(customer=basil, email=COLLEAGUE, role=Role.OWNER, by=owner, now=tomorrow)


@pytest.mark.django_db
def test_sent_again_it_has_a_new_secret_and_the_old_one_is_dead() -> None:
    basil = make.basil()
    owner, nora = make.member(basil), make.person(COLLEAGUE)
    old = invited(basil, by=owner)
    old_token = token_sent(old)

    new = resend_invitation(invitation=old, by=owner, now=make.NOW)

    assert (new.email, new.role) == (old.email, old.role)
    assert Message.objects.count() == 2
    with pytest.raises(InvitationNotOpen):
        accept_invitation(token=old_token, user=nora, now=make.NOW)
    accept_invitation(token=token_sent(new), user=nora, now=make.NOW)


@pytest.mark.django_db
def test_what_is_over_is_not_sent_again() -> None:
    basil = make.basil()
    owner = make.member(basil)
    old = invited(basil, by=owner)
    resend_invitation(invitation=old, by=owner, now=make.NOW)

    with pytest.raises(InvitationIsOver):
        resend_invitation(invitation=old, by=owner, now=make.NOW)
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_revoked_twice_it_keeps_the_first_time() -> None:
    invitation = invited(make.basil())
    revoke_invitation(invitation=invitation, now=make.NOW)

    assert revoke_invitation(invitation=invitation, now=make.NOW + WEEK).revoked_at == make.NOW


@pytest.mark.django_db
def test_an_accepted_invitation_is_not_revoked() -> None:
    invitation = invited(make.basil())
    nora = make.person(COLLEAGUE)
    accept_invitation(token=token_sent(invitation), user=nora, now=make.NOW)

    with pytest.raises(InvitationAccepted):
        revoke_invitation(invitation=invitation, now=make.NOW)


@pytest.mark.usefixtures("committed")
def test_two_owners_who_invite_the_same_address_at_once_send_one_email() -> None:
    basil = make.basil()
    first, second = make.member(basil), make.member(basil, "other@basil.example")

    errors = errors_at_once(
        lambda: invited(basil, by=first),
        lambda: invited(basil, by=second),
    )

    assert [type(error) for error in errors if error] == [AlreadyInvited]
    assert Message.objects.count() == 1
