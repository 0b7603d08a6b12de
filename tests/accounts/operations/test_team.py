"""Roles, removal, and the owner that stays."""

import pytest

from accounts.models import Membership, Role
from accounts.operations.change_role import change_role
from accounts.operations.choose_emails import choose_emails
from accounts.operations.keep_an_owner import LastOwner, NoLongerOfTheTeam
from accounts.operations.remove_person import remove_person
from tests import factories as make
from tests.at_once import errors_at_once


def place(email: str) -> Membership:
    return Membership.objects.get(user__email=email)


@pytest.mark.django_db
def test_a_person_gets_another_role() -> None:
    basil = make.basil()
    reader = make.member(basil, role=Role.READ_ONLY).memberships.get()

    assert change_role(membership=reader, role=Role.BILLING).role == Role.BILLING


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.BILLING, Role.READ_ONLY])
def test_the_only_owner_stays_one(role: Role) -> None:
    basil = make.basil()
    owner = make.member(basil).memberships.get()
    make.member(basil, role=Role.BILLING)

    with pytest.raises(LastOwner, match=r"owner@basil\.example is the only owner"):
        change_role(membership=owner, role=role)
    with pytest.raises(LastOwner):
        remove_person(membership=owner)


@pytest.mark.django_db
def test_an_owner_who_cannot_sign_in_is_no_other_owner() -> None:
    basil = make.basil()
    owner = make.member(basil).memberships.get()
    gone = make.member(basil, "gone@basil.example")
    gone.is_active = False
    gone.save()

    with pytest.raises(LastOwner):
        remove_person(membership=owner)


@pytest.mark.django_db
def test_owners_of_others_do_not_count() -> None:
    owner = make.member(make.basil()).memberships.get()
    make.member(make.carla())

    with pytest.raises(LastOwner):
        remove_person(membership=owner)


@pytest.mark.django_db
def test_a_removed_person_keeps_the_account_and_other_customers() -> None:
    basil, carla = make.basil(), make.carla()
    someone = make.member(basil, role=Role.BILLING)
    carla.memberships.create(user=someone, role=Role.OWNER)

    remove_person(membership=basil.memberships.get())

    someone.refresh_from_db()
    assert someone.is_active
    assert [each.customer for each in someone.memberships.all()] == [carla]


@pytest.mark.django_db
def test_who_was_removed_meanwhile_gets_no_role() -> None:
    reader = make.member(make.basil(), role=Role.READ_ONLY).memberships.get()
    Membership.objects.all().delete()

    with pytest.raises(NoLongerOfTheTeam):
        change_role(membership=reader, role=Role.OWNER)


@pytest.mark.usefixtures("committed")
def test_two_owners_who_remove_each_other_at_once_leave_one() -> None:
    basil = make.basil()
    make.member(basil, "one@basil.example")
    make.member(basil, "two@basil.example")
    one, two = place("one@basil.example"), place("two@basil.example")

    errors = errors_at_once(
        lambda: remove_person(membership=one), lambda: remove_person(membership=two)
    )

    assert [type(error) for error in errors if error] == [LastOwner]
    assert basil.memberships.count() == 1


@pytest.mark.usefixtures("committed")
def test_two_owners_who_demote_each_other_at_once_leave_one() -> None:
    basil = make.basil()
    make.member(basil, "one@basil.example")
    make.member(basil, "two@basil.example")
    one, two = place("one@basil.example"), place("two@basil.example")

    errors = errors_at_once(
        lambda: change_role(membership=one, role=Role.BILLING),
        lambda: change_role(membership=two, role=Role.BILLING),
    )

    assert [type(error) for error in errors if error] == [LastOwner]
    assert basil.memberships.filter(role=Role.OWNER).count() == 1


@pytest.mark.django_db
def test_each_person_chooses_their_own_emails() -> None:
    basil = make.basil()
    mine = make.member(basil).memberships.get()
    make.member(basil, role=Role.BILLING)

    choose_emails(membership=mine, wants_invoices=True, wants_credit_alerts=False)

    chosen = Membership.objects.order_by("pk").values_list("wants_invoices", "wants_credit_alerts")
    assert list(chosen) == [(True, False), (False, True)]
