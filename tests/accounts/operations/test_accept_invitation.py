"""Accepting an invitation."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from accounts.models import Invitation, Membership, Role, User
from accounts.operations.accept_invitation import (
    InvitationNotOpen,
    InvitationOfAnother,
    StaffAcceptNothing,
    accept_as_new_person,
    accept_invitation,
)
from accounts.operations.make_account import AddressHasAccount
from accounts.operations.revoke_invitation import revoke_invitation
from tests import factories as make
from tests.at_once import at_once, errors_at_once
from tests.invitations import COLLEAGUE, invited, token_sent


def join(token: str) -> Membership:
    return accept_as_new_person(
        token=token, first_name="Nora", last_name="Nut", password=make.PASSWORD, now=make.NOW
    )


@pytest.mark.django_db
def test_a_person_with_an_account_gets_the_place_with_its_role() -> None:
    basil = make.basil()
    invitation = invited(basil)
    nora = make.person(COLLEAGUE)

    place = accept_invitation(token=token_sent(invitation), user=nora, now=make.NOW)

    assert (place.customer, place.user, place.role) == (basil, nora, Role.BILLING)
    invitation.refresh_from_db()
    assert (invitation.accepted_at, invitation.accepted_by) == (make.NOW, nora)


@pytest.mark.django_db
def test_a_new_person_gets_an_account_whose_address_is_verified() -> None:
    place = join(token_sent(invited(make.basil())))

    address = EmailAddress.objects.get(user=place.user)
    assert place.user.check_password(make.PASSWORD)
    assert (place.user.email, place.user.get_full_name()) == (COLLEAGUE, "Nora Nut")
    assert (address.email, address.verified, address.primary) == (COLLEAGUE, True, True)
    assert not place.user.is_staff


@pytest.mark.django_db
def test_who_accepts_twice_gets_the_same_place() -> None:
    token, nora = token_sent(invited(make.basil())), make.person(COLLEAGUE)

    first = accept_invitation(token=token, user=nora, now=make.NOW)
    again = accept_invitation(token=token, user=nora, now=make.NOW + timedelta(days=30))

    assert first == again


@pytest.mark.django_db
def test_who_was_removed_does_not_come_back_by_the_same_link() -> None:
    token, nora = token_sent(invited(make.basil())), make.person(COLLEAGUE)
    accept_invitation(token=token, user=nora, now=make.NOW).delete()

    with pytest.raises(InvitationNotOpen):
        accept_invitation(token=token, user=nora, now=make.NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("fate", ["unknown", "expired", "revoked", "accepted"])
def test_every_link_that_lets_nobody_in_is_refused_in_the_same_words(fate: str) -> None:
    invitation = invited(make.basil())
    token, now = token_sent(invitation), make.NOW
    if fate == "unknown":
        token = "x" * 43
    elif fate == "expired":
        now += timedelta(days=7)
    elif fate == "revoked":
        revoke_invitation(invitation=invitation, now=now)
    else:
        join(token)

    with pytest.raises(InvitationNotOpen, match=r"^This invitation is not open\.$"):
        accept_as_new_person(
            token=token, first_name="N", last_name="N", password=make.PASSWORD, now=now
        )


@pytest.mark.django_db
def test_a_forwarded_link_lets_nobody_else_in() -> None:
    token = token_sent(invited(make.basil()))

    with pytest.raises(InvitationOfAnother):
        accept_invitation(token=token, user=make.person("mallory@x.example"), now=make.NOW)
    assert Invitation.objects.get().is_outstanding


@pytest.mark.django_db
def test_staff_accept_nothing() -> None:
    basil = make.basil()
    token = token_sent(invited(basil, "sam@northwind.example", by=make.member(basil)))

    with pytest.raises(StaffAcceptNothing):
        accept_invitation(token=token, user=make.staff(), now=make.NOW)


@pytest.mark.django_db
def test_an_address_with_an_account_makes_no_second_one() -> None:
    token = token_sent(invited(make.basil()))
    make.person(COLLEAGUE)

    with pytest.raises(AddressHasAccount):
        join(token)
    assert User.objects.filter(email=COLLEAGUE).count() == 1


@pytest.mark.django_db
def test_who_is_of_the_customer_by_now_keeps_the_role() -> None:
    basil = make.basil()
    token = token_sent(invited(basil, role=Role.OWNER))
    nora = make.member(basil, COLLEAGUE, role=Role.READ_ONLY)

    assert accept_invitation(token=token, user=nora, now=make.NOW).role == Role.READ_ONLY


@pytest.mark.usefixtures("committed")
def test_two_accepts_at_once_make_one_place() -> None:
    token, nora = token_sent(invited(make.basil())), make.person(COLLEAGUE)

    first, second = at_once(*[lambda: accept_invitation(token=token, user=nora, now=make.NOW)] * 2)

    assert first == second
    assert Membership.objects.filter(user=nora).count() == 1


@pytest.mark.usefixtures("committed")
def test_two_new_persons_at_once_are_one() -> None:
    token = token_sent(invited(make.basil()))

    errors = errors_at_once(lambda: join(token), lambda: join(token))

    assert [type(error) for error in errors if error] == [InvitationNotOpen]
    assert Membership.objects.filter(user__email=COLLEAGUE).count() == 1


@pytest.mark.usefixtures("committed")
def test_one_address_that_joins_two_customers_at_once_is_one_person() -> None:
    one, other = token_sent(invited(make.basil())), token_sent(invited(make.carla()))

    errors = errors_at_once(lambda: join(one), lambda: join(other))

    assert [type(error) for error in errors if error] == [AddressHasAccount]
    assert User.objects.filter(email=COLLEAGUE).count() == 1
