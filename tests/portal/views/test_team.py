"""The team's page: everybody looks, owners act."""

from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pghistory.models import Events

from accounts.models import Customer, Invitation, Membership, Message, Role, StaffVisit, User
from accounts.operations.invite_person import invite_person
from tests import factories as make
from tests.portal.views.people import address, client_of, place_of

pytestmark = pytest.mark.django_db

NEW = {"email": "nora@basil.example", "role": "billing"}


def invitation_to(customer: Customer, email: str = "nora@basil.example") -> Invitation:
    by = customer.memberships.filter(role=Role.OWNER)[0].user
    now = datetime.now(UTC)
    return invite_person(customer=customer, email=email, role=Role.BILLING, by=by, now=now)


def said(client: Client, page: str) -> str:
    return client.get(page).content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_who_is_of_the_team(role: Role) -> None:
    basil = make.basil()
    make.member(basil, "boss@basil.example")
    invitation_to(basil)
    someone = make.member(basil, "me@basil.example", role=role)

    page = said(client_of(someone), address("team", basil))

    assert "boss@basil.example" in page
    assert "nora@basil.example" in page
    assert ("Invite a person" in page) == (role is Role.OWNER)
    assert ("Send again" in page) == (role is Role.OWNER)


@pytest.mark.parametrize("role", [Role.BILLING, Role.READ_ONLY])
def test_only_owners_act(role: Role) -> None:
    basil = make.basil()
    owner = place_of(basil, Role.OWNER)
    invitation = invitation_to(basil)
    client = client_of(make.member(basil, role=role))

    refused = [
        client.get(address("invite", basil)),
        client.post(address("invite", basil), {**NEW, "email": "x@basil.example"}),
        client.get(address("change_role", basil, owner.pk)),
        client.post(address("change_role", basil, owner.pk), {"role": "read_only"}),
        client.get(address("remove_person", basil, owner.pk)),
        client.post(address("remove_person", basil, owner.pk)),
        client.post(address("revoke_invitation", basil, invitation.public_id)),
        client.post(address("resend_invitation", basil, invitation.public_id)),
    ]

    assert [answer.status_code for answer in refused] == [403] * 8
    assert (Invitation.objects.count(), Membership.objects.count()) == (1, 2)


def test_an_owner_invites_a_colleague() -> None:
    basil = make.basil()
    owner = make.member(basil)

    answer = client_of(owner).post(address("invite", basil), NEW, follow=True)

    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == ("nora@basil.example", Role.BILLING)
    assert (invitation.customer, invitation.invited_by) == (basil, owner)
    assert "An invitation is on its way to nora@basil.example." in answer.content.decode()
    assert Message.objects.count() == 1


def test_the_history_knows_who_invited() -> None:
    basil = make.basil()
    owner = make.member(basil)

    client_of(owner).post(address("invite", basil), NEW)

    event = Events.objects.tracks(Invitation.objects.get()).get()
    assert event.pgh_context["user"] == owner.pk
    assert "token_sha256" not in event.pgh_data


@pytest.mark.parametrize(
    "sent, words",
    [
        ({"email": "nobody", "role": "billing"}, "Enter a valid email address."),
        ({"email": "", "role": "billing"}, "This field is required."),
        ({"email": "n\x00@x.example", "role": "billing"}, "Null characters are not allowed."),
        ({"email": "x@x.example", "role": "king"}, "king is not one of the available choices."),
        ({"email": "owner@basil.example", "role": "billing"}, "is already one of Basil"),
    ],
    ids=["no address", "empty", "NUL", "no such role", "of the team"],
)
def test_a_bad_invitation_comes_back_with_the_reason(sent: dict[str, str], words: str) -> None:
    basil = make.basil()

    page = client_of(make.member(basil)).post(address("invite", basil), sent).content.decode()

    assert words in page
    assert 'class="error-summary" role="alert"' in page
    assert not Invitation.objects.exists()


def test_what_the_page_says_does_not_depend_on_an_account_elsewhere() -> None:
    basil = make.basil()
    make.member(make.carla(), "known@carla.example")
    make.staff()
    client = client_of(make.member(basil))

    pages = []
    for email in ("known@carla.example", "sam@northwind.example", "new@carla.example"):
        sent = {"email": email, "role": "billing"}
        page = client.post(address("invite", basil), sent, follow=True).content.decode()
        pages.append(email in page and f"An invitation is on its way to {email}." in page)

    assert pages == [True, True, True]


def test_an_owner_changes_a_role() -> None:
    basil = make.basil()
    client = client_of(make.member(basil))
    reader = place_of(basil, Role.READ_ONLY)
    page = address("change_role", basil, reader.pk)

    assert "read_only@basil.example" in said(client, page)
    client.post(page, {"role": "billing"})

    reader.refresh_from_db()
    assert reader.role == Role.BILLING


def test_an_owner_removes_a_person_who_sees_nothing_from_then_on() -> None:
    basil = make.basil()
    client = client_of(make.member(basil))
    reader = place_of(basil, Role.READ_ONLY)
    removed = client_of(reader.user)
    assert removed.get(address("team", basil)).status_code == 200

    answer = client.post(address("remove_person", basil, reader.pk), follow=True)

    assert "was removed and sees these pages no more" in answer.content.decode()
    assert removed.get(address("team", basil)).status_code == 404


def test_the_only_owner_is_told_why_they_stay() -> None:
    basil = make.basil()
    owner = place_of(basil, Role.OWNER)
    client = client_of(owner.user)
    words = "owner@basil.example is the only owner. Make somebody else an owner first."

    demoted = client.post(address("change_role", basil, owner.pk), {"role": "billing"})
    removed = client.post(address("remove_person", basil, owner.pk), follow=True)

    assert words in demoted.content.decode()
    assert words in removed.content.decode()
    owner.refresh_from_db()
    assert owner.role == Role.OWNER


def test_an_owner_may_leave_to_another() -> None:
    basil = make.basil()
    mine = place_of(basil, Role.OWNER)
    place_of(basil, Role.OWNER, "other@basil.example")

    answer = client_of(mine.user).post(address("remove_person", basil, mine.pk))

    assert answer["Location"] == "/"
    assert basil.memberships.count() == 1


def test_an_owner_revokes_an_invitation_and_sends_another_again() -> None:
    basil = make.basil()
    client = client_of(make.member(basil))
    first, second = invitation_to(basil), invitation_to(basil, "otto@basil.example")

    client.post(address("revoke_invitation", basil, first.public_id))
    client.post(address("resend_invitation", basil, second.public_id))

    first.refresh_from_db()
    second.refresh_from_db()
    waiting = Invitation.objects.filter(revoked_at=None)
    assert first.revoked_at is not None
    assert second.revoked_at is not None
    assert [each.email for each in waiting] == ["otto@basil.example"]


def test_what_is_over_is_said_to_be_over() -> None:
    basil = make.basil()
    client = client_of(make.member(basil))
    invitation = invitation_to(basil)
    client.post(address("revoke_invitation", basil, invitation.public_id))

    page = address("resend_invitation", basil, invitation.public_id)
    answer = client.post(page, follow=True).content.decode()

    assert "is over; invite them anew" in answer


def test_people_and_invitations_of_others_are_not_there() -> None:
    basil, carla = make.basil(), make.carla()
    client = client_of(make.member(basil))
    of_carla = place_of(carla, Role.OWNER)
    invitation = invitation_to(carla, "x@carla.example")

    answers = [
        client.get(address("change_role", basil, of_carla.pk)),
        client.post(address("change_role", basil, of_carla.pk), {"role": "billing"}),
        client.post(address("remove_person", basil, of_carla.pk)),
        client.post(address("revoke_invitation", basil, invitation.public_id)),
        client.post(address("resend_invitation", basil, invitation.public_id)),
        client.get(address("team", carla)),
        client.post(address("invite", carla), NEW),
        client.get(address("change_role", basil, 10**30)),
        client.post(address("revoke_invitation", basil, "ivt_nonsense")),
    ]

    assert [answer.status_code for answer in answers] == [404] * 9
    invitation.refresh_from_db()
    assert invitation.is_outstanding


def test_a_link_that_only_acts_takes_no_get() -> None:
    basil = make.basil()
    client = client_of(make.member(basil))
    invitation = invitation_to(basil)

    assert client.get(address("revoke_invitation", basil, invitation.public_id)).status_code == 405


def test_staff_on_a_visit_look_and_do_not_act() -> None:
    basil = make.basil()
    make.member(basil)
    staff = User.objects.create_user("vera@northwind.example", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_as_customer"))
    StaffVisit.objects.create(staff=staff, customer=basil, started_at=datetime.now(UTC))
    client = client_of(staff)

    page = said(client, address("team", basil))

    assert "owner@basil.example" in page
    assert "vera@northwind.example" not in page.split("<main")[1]
    assert "Devices" not in page.split("<main")[1]
    assert client.get(address("invite", basil)).status_code == 403
    assert client.post(address("emails", basil), {}).status_code == 403


def test_the_table_says_who_has_a_second_factor_and_who_was_here() -> None:
    basil = make.basil()
    owner = make.member(basil)
    make.member(basil, role=Role.READ_ONLY)
    Authenticator.objects.create(user=owner, type=Authenticator.Type.TOTP, data={})
    Authenticator.objects.create(user=owner, type=Authenticator.Type.RECOVERY_CODES, data={})

    page = said(client_of(owner), address("team", basil))

    assert page.count('<span class="badge badge-good">on</span>') == 1
    assert page.count('<span class="badge badge-quiet">off</span>') == 1
    assert "Today" in page
    assert "Not yet" in page


def test_an_invitation_by_staff_names_the_brand() -> None:
    basil, sam = make.basil(), make.staff()
    now = datetime.now(UTC)
    invite_person(customer=basil, email="x@basil.example", role=Role.OWNER, by=sam, now=now)

    page = said(client_of(make.member(basil)), address("team", basil))

    assert "sam@northwind.example" not in page
    assert '<td data-label="Invited by">Northwind Voice</td>' in page


def test_fifty_people_take_as_many_queries_as_five() -> None:
    basil = make.basil()
    owner = make.member(basil)
    client = client_of(owner)

    def queries(people: int) -> int:
        for number in range(basil.memberships.count(), people):
            someone = User.objects.create(email=f"person-{number}@basil.example")
            Membership.objects.create(customer=basil, user=someone, role=Role.READ_ONLY)
            Invitation.objects.create(
                customer=basil,
                email=f"guest-{number}@basil.example",
                role=Role.READ_ONLY,
                token_sha256=f"{number:064}",
                invited_by=someone,
                created_at=make.NOW,
                expires_at=datetime(2100, 1, 1, tzinfo=UTC),
            )
        with CaptureQueriesContext(connection) as asked:
            client.get(address("team", basil))
        return len(asked)

    queries(2)
    assert queries(5) == queries(50) <= 15
