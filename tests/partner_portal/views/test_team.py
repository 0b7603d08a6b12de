"""The people of a partner, invited, changed and removed by its owners."""

import pytest
from django.test import Client

from accounts.models import Partner, PartnerInvitation, PartnerRole
from tests import factories as make
from tests.partner_portal.invitations import COLLEAGUE, invited
from tests.partner_portal.people import address, client_of, place_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def callwave() -> Partner:
    return make.partner(make.acme())


@pytest.fixture
def client(callwave: Partner) -> Client:
    return client_of(place_of(callwave, PartnerRole.OWNER).user)


def test_an_owner_invites_and_the_invitation_is_listed(callwave: Partner, client: Client) -> None:
    client.post(address("invite", callwave), {"email": COLLEAGUE, "role": "viewer"})

    assert PartnerInvitation.objects.get().role == PartnerRole.VIEWER
    assert COLLEAGUE in client.get(address("team", callwave)).content.decode()


def test_who_was_invited_is_not_invited_again(callwave: Partner, client: Client) -> None:
    owner = callwave.memberships.get().user
    invited(callwave, by=owner)

    answer = client.post(address("invite", callwave), {"email": COLLEAGUE, "role": "viewer"})

    assert "was invited already" in str(answer.context["form"].errors["email"])


def test_an_invitation_is_sent_again_and_taken_back(callwave: Partner, client: Client) -> None:
    first = invited(callwave, by=callwave.memberships.get().user)

    client.post(address("resend_invitation", callwave, first.public_id))
    second = PartnerInvitation.objects.get(revoked_at=None)
    assert second != first

    client.post(address("revoke_invitation", callwave, second.public_id))
    assert not PartnerInvitation.objects.filter(revoked_at=None).exists()


def test_a_role_is_changed_and_a_person_removed(callwave: Partner, client: Client) -> None:
    place = place_of(callwave, PartnerRole.VIEWER)

    client.post(address("change_role", callwave, place.pk), {"role": "developer"})
    place.refresh_from_db()
    assert place.role == PartnerRole.DEVELOPER

    client.post(address("remove_person", callwave, place.pk))
    assert not callwave.memberships.filter(pk=place.pk).exists()


@pytest.mark.parametrize("page", ["change_role", "remove_person"])
def test_the_only_owner_stays_one(callwave: Partner, client: Client, page: str) -> None:
    place = callwave.memberships.get()

    client.post(address(page, callwave, place.pk), {"role": "viewer"})

    place.refresh_from_db()
    assert place.role == PartnerRole.OWNER


def test_a_person_of_another_partner_is_not_there(callwave: Partner, client: Client) -> None:
    theirs = place_of(make.partner(name="Elsewhere AI"), PartnerRole.VIEWER)

    for page in ("change_role", "remove_person"):
        assert client.get(address(page, callwave, theirs.pk)).status_code == 404
