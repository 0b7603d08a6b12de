"""Places of people at a partner: history, the last owner, invitations that are too many or old."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from accounts.models import Partner, PartnerMembership, PartnerRole, Scope
from accounts.operations.accept_invitation import InvitationNotOpen
from accounts.operations.invite_person import AlreadyOfTheTeam, StaffNeedNoInvitation
from accounts.operations.keep_an_owner import LastOwner, NoLongerOfTheTeam
from accounts.operations.partner_people.accept_invitation import accept_as_new_person
from accounts.operations.partner_people.change_role import change_role
from accounts.operations.partner_people.invite_person import invite_person
from accounts.operations.partner_people.remove_person import remove_person
from accounts.operations.partner_people.write_invitation import NoBrand
from accounts.operations.write_invitation import MOST_A_DAY, TooManyInvitations
from tests import factories as make
from tests.partner_portal.invitations import COLLEAGUE, invited, token_sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def callwave() -> Partner:
    return make.partner(make.acme())


def place_of(holder: Partner, role: PartnerRole) -> PartnerMembership:
    return make.partner_person(holder, role=role).partner_memberships.get()


def test_changes_of_a_place_are_remembered(callwave: Partner) -> None:
    place_of(callwave, PartnerRole.OWNER)
    place = place_of(callwave, PartnerRole.VIEWER)

    change_role(membership=place, role=PartnerRole.DEVELOPER)
    remove_person(membership=place)

    kept = apps.get_model("accounts", "PartnerMembershipEvent")._default_manager.filter(
        pgh_obj_id=place.pk
    )
    assert list(kept.order_by("pgh_id").values_list("pgh_label", "role")) == [
        ("insert", "viewer"),
        ("update", "developer"),
        ("delete", "developer"),
    ]


def test_a_partner_with_an_owner_keeps_one(callwave: Partner) -> None:
    owner = place_of(callwave, PartnerRole.OWNER)

    with pytest.raises(LastOwner):
        remove_person(membership=owner)
    with pytest.raises(LastOwner):
        change_role(membership=owner, role=PartnerRole.VIEWER)


def test_who_was_removed_is_not_changed(callwave: Partner) -> None:
    place_of(callwave, PartnerRole.OWNER)
    place = place_of(callwave, PartnerRole.VIEWER)
    remove_person(membership=PartnerMembership.objects.get(pk=place.pk))

    with pytest.raises(NoLongerOfTheTeam):
        change_role(membership=place, role=PartnerRole.OWNER)


def test_an_invitation_is_over_after_a_week(callwave: Partner) -> None:
    token = token_sent(invited(callwave))

    with pytest.raises(InvitationNotOpen):
        accept_as_new_person(
            token=token, first_name="", last_name="", password="x", now=make.NOW + timedelta(days=7)
        )


def test_people_and_staff_are_not_invited(callwave: Partner) -> None:
    sam = make.staff()
    viewer = place_of(callwave, PartnerRole.VIEWER).user

    for email, refusal in ((viewer.email, AlreadyOfTheTeam), (sam.email, StaffNeedNoInvitation)):
        with pytest.raises(refusal):
            invite_person(
                partner=callwave, email=email, role=PartnerRole.OWNER, by=sam, now=make.NOW
            )


def test_so_many_invitations_are_written_in_a_day(callwave: Partner) -> None:
    owner = make.partner_person(callwave)
    for number in range(MOST_A_DAY):
        invited(callwave, f"p{number}@callwave.example", by=owner)

    with pytest.raises(TooManyInvitations):
        invited(callwave, COLLEAGUE, by=owner)


def test_without_a_brand_nobody_is_written_to() -> None:
    sam = make.staff()

    with pytest.raises(NoBrand):
        invite_person(
            partner=make.partner(), email=COLLEAGUE, role=PartnerRole.OWNER, by=sam, now=make.NOW
        )


def test_no_partner_may_give_keys_to_the_price_book(callwave: Partner) -> None:
    callwave.scopes_to_give = [Scope.PLAN_FILE_WRITE.value]

    with pytest.raises(IntegrityError), transaction.atomic():
        callwave.save()
