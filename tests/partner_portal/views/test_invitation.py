"""From the link in an invitation to a partner's pages."""

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from accounts.models import Partner, PartnerInvitation, PartnerRole
from accounts.operations.partner_people.revoke_invitation import revoke_invitation
from tests import factories as make
from tests.partner_portal.invitations import COLLEAGUE, invited, token_sent
from tests.partner_portal.people import address, client_of

pytestmark = pytest.mark.django_db

NEW = {
    "first_name": "Nora",
    "last_name": "New",
    "password": make.PASSWORD,
    "password_again": make.PASSWORD,
}


@pytest.fixture
def callwave() -> Partner:
    return make.partner(make.acme())


def link(invitation: PartnerInvitation) -> str:
    return reverse("partner_invitation", args=[token_sent(invitation)])


def test_a_new_person_gets_an_account_and_a_place(callwave: Partner, client: Client) -> None:
    door = link(invited(callwave))

    assert "Choose a password" in client.get(door).content.decode()
    answer = client.post(door, NEW)

    assert answer["Location"] == address("overview", callwave)
    place = callwave.memberships.get(user__email=COLLEAGUE)
    assert place.role == PartnerRole.DEVELOPER
    assert get_user(client) == place.user


def test_who_has_an_account_accepts_with_it(callwave: Partner) -> None:
    nora = make.person(COLLEAGUE)
    door = link(invited(callwave))

    answer = client_of(nora).post(door)

    assert answer["Location"] == address("overview", callwave)
    assert client_of(nora).post(door)["Location"] == address("overview", callwave)


def test_somebody_else_does_not_get_in(callwave: Partner) -> None:
    door = link(invited(callwave))

    text = client_of(make.person("other@callwave.example")).post(door).content.decode()

    assert "This invitation is for somebody else" in text
    assert not callwave.memberships.filter(user__email="other@callwave.example").exists()


def test_staff_do_not_get_in(callwave: Partner) -> None:
    door = link(invited(callwave, "sam@northwind.example"))

    text = client_of(make.staff()).post(door).content.decode()

    assert "Staff need no invitation" in text


def test_a_link_that_was_taken_back_opens_nothing(callwave: Partner, client: Client) -> None:
    invitation = invited(callwave)
    door = link(invitation)
    revoke_invitation(invitation=invitation, now=make.NOW)

    assert client.get(door).status_code == 404
    assert client.get(reverse("partner_invitation", args=["x"])).status_code == 404


def test_links_of_customers_and_partners_are_not_mixed_up(
    callwave: Partner, client: Client
) -> None:
    token = token_sent(invited(callwave))

    assert client.get(reverse("invitation", args=[token])).status_code == 404
