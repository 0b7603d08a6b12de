"""The link in an invitation."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Customer, Invitation, Membership, Role, User
from accounts.operations.invite_person import invite_person
from accounts.operations.revoke_invitation import revoke_invitation
from tests import factories as make
from tests.invitations import COLLEAGUE, token_sent
from tests.portal.views.people import address, client_of

pytestmark = pytest.mark.django_db

FILLED_IN = {
    "first_name": "Nora",
    "last_name": "Nut",
    "password": make.PASSWORD,
    "password_again": make.PASSWORD,
}


@pytest.fixture
def basil() -> Customer:
    return make.basil()


def link_of(customer: Customer, email: str = COLLEAGUE, *, ago: timedelta | None = None) -> str:
    now = datetime.now(UTC) - (ago or timedelta(0))
    owner = make.member(customer)
    role = Role.BILLING
    invitation = invite_person(customer=customer, email=email, role=role, by=owner, now=now)
    return reverse("invitation", args=[token_sent(invitation)])


def text_of(client: Client, link: str) -> str:
    return client.get(link).content.decode()


def test_a_new_person_makes_an_account_and_lands_on_the_customers_pages(basil: Customer) -> None:
    link, client = link_of(basil), Client()
    assert "Join Basil&#x27;s Bakery" in text_of(client, link)

    answer = client.post(link, FILLED_IN)

    assert answer["Location"] == address("overview", basil)
    assert client.get(address("team", basil)).status_code == 200
    place = Membership.objects.get(user__email=COLLEAGUE)
    assert (place.role, place.user.first_name) == (Role.BILLING, "Nora")


@pytest.mark.parametrize(
    "sent, words",
    [
        ({"password_again": "another thing"}, "The two passwords differ."),
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"password": "1234567890", "password_again": "1234567890"}, "too common"),
        (
            {"password": "nora@basil.example", "password_again": "nora@basil.example"},
            "too similar to the e-mail",
        ),
        ({"first_name": ""}, "This field is required."),
        ({"last_name": "N\x00"}, "Null characters are not allowed."),
    ],
    ids=["differ", "short", "common", "like the e-mail", "no name", "NUL"],
)
def test_a_bad_name_or_password_is_refused_with_words(
    basil: Customer, sent: dict[str, str], words: str
) -> None:
    page = Client().post(link_of(basil), {**FILLED_IN, **sent}).content.decode()

    assert words in page
    assert not User.objects.filter(email=COLLEAGUE).exists()
    assert Invitation.objects.get().is_outstanding


def test_a_password_that_was_refused_is_not_sent_back(basil: Customer) -> None:
    page = Client().post(link_of(basil), {**FILLED_IN, "first_name": ""}).content.decode()

    assert make.PASSWORD not in page


def test_an_address_with_an_account_signs_in_and_comes_back(basil: Customer) -> None:
    link = link_of(basil)
    make.person(COLLEAGUE)

    page = text_of(Client(), link)

    assert f'<input type="hidden" name="next" value="{link}">' in page
    assert "Sign in to accept" in page


def test_signing_in_on_the_way_leads_back_and_the_invitation_is_accepted(basil: Customer) -> None:
    link, client = link_of(basil), Client()
    nora = make.person(COLLEAGUE)

    sent = {"login": nora.email, "password": make.PASSWORD, "next": link}
    answer = client.post(reverse("account_login"), sent)
    assert answer["Location"] == link
    client.post(link)

    assert nora.memberships.get().customer == basil


def test_a_new_person_signs_in_later_with_the_password_they_chose(basil: Customer) -> None:
    Client().post(link_of(basil), FILLED_IN)

    sent = {"login": COLLEAGUE, "password": make.PASSWORD}
    answer = Client().post(reverse("account_login"), sent, follow=True)

    assert answer.request["PATH_INFO"] == address("overview", basil)


def test_somebody_without_session_cannot_take_over_an_account(basil: Customer) -> None:
    link = link_of(basil)
    known = make.person(COLLEAGUE)

    Client().post(link, {**FILLED_IN, "password": "x" * 12, "password_again": "x" * 12})

    known.refresh_from_db()
    assert known.check_password(make.PASSWORD)
    assert not known.memberships.exists()


def test_the_right_person_accepts_with_one_press(basil: Customer) -> None:
    link = link_of(basil)
    nora = make.person(COLLEAGUE)
    client = client_of(nora)
    assert "Accept the invitation" in text_of(client, link)
    assert not nora.memberships.exists()

    answer = client.post(link)

    assert answer["Location"] == address("overview", basil)
    assert nora.memberships.get().role == Role.BILLING


def test_who_has_accepted_finds_the_way_by_the_same_link(basil: Customer) -> None:
    link = link_of(basil)
    client = client_of(make.person(COLLEAGUE))
    client.post(link)

    assert client.get(link)["Location"] == address("overview", basil)
    assert client.post(link)["Location"] == address("overview", basil)


def test_somebody_else_is_told_whose_it_is_and_offered_the_way_out(basil: Customer) -> None:
    link = link_of(basil)
    mallory = make.person("mallory@x.example")
    client = client_of(mallory)

    page = client.post(link).content.decode()

    assert "This invitation is for somebody else" in page
    assert reverse("account_logout") in page
    assert not mallory.memberships.exists()


def test_signing_out_leads_back_to_the_invitation(basil: Customer) -> None:
    link = link_of(basil)
    client = client_of(make.person("mallory@x.example"))

    answer = client.post(reverse("account_logout"), {"next": link})

    assert answer["Location"] == link
    assert "Make the account" in text_of(client, link)


def test_staff_are_sent_to_their_own_way(basil: Customer) -> None:
    link = link_of(basil, "sam@northwind.example")
    client = client_of(make.staff())

    page = client.post(link).content.decode()

    assert "Staff need no invitation" in page
    assert not Membership.objects.filter(user__email="sam@northwind.example").exists()


def test_unknown_expired_revoked_and_used_links_are_answered_alike(basil: Customer) -> None:
    carla, acme = make.carla(), make.acme()
    expired = link_of(basil, ago=timedelta(days=7, seconds=1))
    revoked = link_of(carla)
    revoke_invitation(invitation=carla.invitations.get(), now=datetime.now(UTC))
    used = link_of(acme)
    Client().post(used, FILLED_IN)
    acme.invitations.update(accepted_at=datetime.now(UTC) - timedelta(seconds=61))
    unknown = reverse("invitation", args=["x" * 43])

    answers = [Client().get(link) for link in (unknown, expired, revoked, used)]
    posts = [Client().post(link, FILLED_IN) for link in (unknown, expired, revoked, used)]

    pages = {text_without_address(answer.content.decode()) for answer in answers}
    assert {answer.status_code for answer in (*answers, *posts)} == {404}
    assert len(pages) == 1
    assert "This invitation is not open" in pages.pop()


def test_a_form_that_is_sent_twice_leads_to_sign_in_and_on_to_the_pages(basil: Customer) -> None:
    link, second = link_of(basil), Client()
    Client().post(link, FILLED_IN)

    answer = second.post(link, FILLED_IN)

    assert answer["Location"] == f"{reverse('account_login')}?next={link}"
    page = second.get(answer["Location"]).content.decode()
    assert "Your account is made. Sign in with the password you chose." in page
    sent = {"login": COLLEAGUE, "password": make.PASSWORD, "next": link}
    answer = second.post(reverse("account_login"), sent, follow=True)
    assert answer.request["PATH_INFO"] == address("overview", basil)
    assert User.objects.filter(email=COLLEAGUE).count() == 1


def test_a_form_that_is_sent_twice_by_who_is_signed_in_leads_to_the_pages(basil: Customer) -> None:
    link, client = link_of(basil), Client()
    client.post(link, FILLED_IN)

    assert client.post(link, FILLED_IN)["Location"] == address("overview", basil)


def test_an_invitation_that_was_just_accepted_says_so_to_its_own_form_alone(
    basil: Customer,
) -> None:
    carla = make.carla()
    link, revoked = link_of(basil), link_of(carla)
    revoke_invitation(invitation=carla.invitations.get(), now=datetime.now(UTC))
    Client().post(link, FILLED_IN)

    assert Client().get(link).status_code == 404
    assert Client().post(revoked, FILLED_IN).status_code == 404
    assert client_of(make.person("mallory@x.example")).post(link).status_code == 404


@pytest.mark.parametrize("token", ["%00", "a" * 3000, "ünïcode", "..%2f", "sealed.abc"])
def test_nonsense_for_a_secret_is_an_unknown_one(token: str) -> None:
    assert Client().get(f"/invitations/{token}/").status_code == 404


def test_the_page_is_kept_by_no_cache(basil: Customer) -> None:
    answer = Client().get(link_of(basil))

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_what_else_than_reading_and_sending_is_refused(basil: Customer) -> None:
    assert Client().delete(link_of(basil)).status_code == 405


def text_without_address(page: str) -> str:
    """Leave out what differs from page to page: tokens against forged forms."""
    return re.sub(r'csrf[^>]*value="[^"]*"|"X-CSRFToken": "[^"]*"', "", page)
