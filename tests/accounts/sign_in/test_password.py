"""E-mail and password, the way in for most."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Brand, Role, SignIn, SignInOutcome, User
from tests import factories as make
from tests.accounts.sign_in.people import LOGIN, is_signed_in, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def paula() -> User:
    return make.member(make.basil(), "paula@basil.example")


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>|value=\"[^\"]*\"", " ", page).split())


def test_a_person_of_a_customer_comes_to_its_pages(client: Client, paula: User) -> None:
    answer = sign_in(client, "Paula@Basil.example ")

    assert answer["Location"] == "/"
    assert client.get("/")["Location"].startswith("/portal/cus_")


def test_staff_come_to_where_they_were_going(client: Client) -> None:
    sam = make.staff(password=make.PASSWORD)

    first = client.get("/admin/accounts/customer/?q=acme")
    second = client.get(first["Location"])
    page = client.get(second["Location"])
    there = "/admin/accounts/customer/?q=acme"
    answer = sign_in(client, sam.email, next=there)

    assert second["Location"].startswith(LOGIN)
    assert page.status_code == 200
    assert f'value="{there}"' in page.content.decode()
    assert answer["Location"] == there


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(client: Client, paula: User, there: str) -> None:
    answer = sign_in(client, paula.email, next=there)

    assert answer["Location"] == "/"
    assert client.get("/admin/login/", {"next": there}).status_code == 403


def test_staff_are_not_sent_to_another_site_by_the_admins_address(staff_client: Client) -> None:
    answer = staff_client.get("/admin/login/", {"next": "https://evil.example/"})

    assert answer["Location"] == "/admin/"


def test_a_wrong_password_is_answered_as_an_unknown_address_is(client: Client, paula: User) -> None:
    wrong = sign_in(client, paula.email, "not the password")
    unknown = sign_in(client, "nobody@basil.example", "not the password")

    assert "E-mail and password do not fit together." in wrong.content.decode()
    assert wrong.status_code == unknown.status_code == 200
    assert words_of(wrong.content.decode()) == words_of(unknown.content.decode())


def test_the_admin_takes_no_password_of_its_own(client: Client, staff_client: Client) -> None:
    sent = {"username": "sam@northwind.example", "password": make.PASSWORD}

    assert client.post("/admin/login/", sent)["Location"].startswith(LOGIN)
    assert staff_client.post("/admin/login/", sent)["Location"] == "/admin/"
    assert staff_client.get("/admin/password_change/")["Location"] == reverse(
        "account_change_password"
    )


def test_people_sign_out_by_a_button_and_not_by_an_address(client: Client, paula: User) -> None:
    sign_in(client, paula.email)
    client.get(reverse("account_logout"))
    assert is_signed_in(client)

    answer = client.post(reverse("account_logout"))

    assert answer["Location"] == LOGIN
    assert not is_signed_in(client)


def test_staff_sign_out_of_the_admin_as_everywhere(staff_client: Client) -> None:
    assert staff_client.post("/admin/logout/")["Location"] == LOGIN
    assert not is_signed_in(staff_client)


def test_an_account_that_is_closed_is_told_so_to_who_knows_its_password(
    client: Client, paula: User
) -> None:
    User.objects.update(is_active=False)

    answer = sign_in(client, paula.email)

    assert answer["Location"] == reverse("account_inactive")
    assert "This account is closed" in client.get(answer["Location"]).content.decode()
    assert not is_signed_in(client)


def test_a_session_lasts_two_weeks_where_asked_and_else_as_long_as_the_browser(
    client: Client, paula: User
) -> None:
    sign_in(client, paula.email)
    assert client.session.get_expire_at_browser_close()

    client.post(reverse("account_logout"))
    sign_in(client, paula.email, remember="on")
    assert client.session.get_expiry_age() == 14 * 24 * 3600


def test_a_forgotten_password_is_replaced_by_the_mailed_link(client: Client, paula: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, paula.email)
    client.post(reverse("account_reset_password"), {"email": paula.email})
    link = re.search(r"http://testserver(/\S+)", str(mail.outbox[0].body))
    assert link is not None
    form = client.get(link[1])["Location"]

    client.post(form, {"password1": "quite another one", "password2": "quite another one"})

    assert mail.outbox[0].subject == "Choose a new password for Northwind Voice"
    assert mail.outbox[1].subject == "Your password was reset at Northwind Voice"
    assert elsewhere.get("/")["Location"].startswith(LOGIN)
    assert sign_in(Client(), paula.email).status_code == 200
    assert sign_in(Client(), paula.email, "quite another one").status_code == 302
    assert "This link is used up" in Client().get(link[1]).content.decode()


def test_asking_for_a_link_says_the_same_for_an_unknown_address(
    client: Client, paula: User
) -> None:
    known = client.post(reverse("account_reset_password"), {"email": paula.email}, follow=True)
    unknown = client.post(reverse("account_reset_password"), {"email": "no@b.example"}, follow=True)

    assert words_of(known.content.decode()) == words_of(unknown.content.decode())
    assert [message.to for message in mail.outbox] == [[paula.email], ["no@b.example"]]
    assert "no\naccount has this address" in str(mail.outbox[1].body)


def test_a_change_of_password_signs_out_other_devices_and_is_told_by_mail(
    client: Client, paula: User
) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        sign_in(browser, paula.email)

    client.post(
        reverse("account_change_password"),
        {"oldpassword": make.PASSWORD, "password1": "quite another one",
         "password2": "quite another one"},
        headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"},
    )  # fmt: skip

    assert client.get(reverse("account_change_password")).status_code == 200
    assert elsewhere.get("/")["Location"].startswith(LOGIN)
    assert mail.outbox[0].subject == "Your password was changed at Northwind Voice"
    assert "Device: Firefox on Windows" in str(mail.outbox[0].body)


@pytest.mark.parametrize("weak", ["short", "1234567890", "password123", "paula@basil.example"])
def test_a_weak_password_is_refused_beside_its_field(
    client: Client, paula: User, weak: str
) -> None:
    sign_in(client, paula.email)

    page = client.post(
        reverse("account_change_password"),
        {"oldpassword": make.PASSWORD, "password1": weak, "password2": weak},
    ).content.decode()

    assert 'id="id_password1_error"' in page
    assert 'aria-invalid="true"' in page


def test_mail_is_of_the_brand_that_the_person_knows(client: Client) -> None:
    make.brand()
    callwell = Brand.objects.create(
        code="a-callwell", legal_entity=make.northwind(), name="Callwell",
        sender_email="hello@callwell.example",
    )  # fmt: skip
    paula = make.member(make.basil(brand=callwell), "paula@basil.example", role=Role.BILLING)

    client.post(reverse("account_reset_password"), {"email": paula.email})

    assert mail.outbox[0].from_email == "Callwell <hello@callwell.example>"


def test_where_no_brand_is_yet_mail_is_sent_all_the_same(client: Client) -> None:
    make.person("first@northwind.example")

    client.post(reverse("account_reset_password"), {"email": "first@northwind.example"})

    assert mail.outbox[0].subject == "Choose a new password for Billing portal"


def test_every_attempt_is_written_down(client: Client, paula: User) -> None:
    sign_in(client, paula.email, "wrong")
    sign_in(client, "nobody@b.example", "wrong")
    sign_in(client, paula.email)

    attempts = SignIn.objects.order_by("id")
    assert list(attempts.values_list("email", "user", "outcome", "factors", "ip")) == [
        (paula.email, paula.pk, SignInOutcome.REFUSED, "", "127.0.0.1"),
        ("nobody@b.example", None, SignInOutcome.REFUSED, "", "127.0.0.1"),
        (paula.email, paula.pk, SignInOutcome.SIGNED_IN, "password", "127.0.0.1"),
    ]
