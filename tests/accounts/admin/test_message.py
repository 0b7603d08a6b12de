"""Messages as staff see them, and every kind of e-mail of a brand."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.documents.sample_messages import KINDS
from accounts.mail_attempts import MOST_ATTEMPTS
from accounts.models import Message, MessageKind
from accounts.operations.queue_message import queue_message
from tests import factories as make
from tests.invoicing.documents import invoices

pytestmark = pytest.mark.django_db


def message() -> Message:
    link = "https://billing.example.com/invitations/s3cr3t/"
    return queue_message(
        kind=MessageKind.INVITATION,
        key="invitation:1",
        customer=make.basil(),
        to="olive@basil.example",
        subject="You are invited",
        text=f"Come in: {link}\n",
        html=f'<p><a href="{link}">Come in</a></p>',
        now=make.NOW,
    )


def test_the_list_names_kind_recipient_and_state(clerk_client: Client) -> None:
    message()

    page = clerk_client.get(reverse("admin:accounts_message_changelist")).content.decode()

    for words in ("You are invited", "olive@basil.example", "Basil&#x27;s Bakery", "waiting"):
        assert words in page


@pytest.mark.parametrize(
    "state,found", [("waiting", False), ("failed", False), ("given_up", True), ("sent", False)]
)
def test_what_was_given_up_is_found_by_its_state(
    clerk_client: Client, state: str, found: bool
) -> None:
    message()
    Message.objects.update(attempts=MOST_ATTEMPTS, last_error="550 no such user")

    page = clerk_client.get(reverse("admin:accounts_message_changelist"), {"state": state})

    assert ("olive@basil.example" in page.content.decode()) == found


def test_staff_try_a_message_again_that_was_given_up(staff_client: Client) -> None:
    given_up = message()
    Message.objects.update(attempts=MOST_ATTEMPTS, last_error="550 no such user")

    staff_client.post(reverse("admin:accounts_message_retry", args=[given_up.pk]))

    given_up.refresh_from_db()
    assert (given_up.attempts, given_up.last_error) == (0, "")


def test_who_may_only_look_tries_nothing_again(clerk_client: Client) -> None:
    address = reverse("admin:accounts_message_retry", args=[message().pk])

    assert clerk_client.post(address).status_code == 403


def test_the_message_is_shown_without_the_secret_of_the_invitation(clerk_client: Client) -> None:
    written = message()

    page = clerk_client.get(reverse("admin:accounts_message_email", args=[written.pk]))
    body = clerk_client.get(reverse("admin:accounts_message_body", args=[written.pk]))

    assert "https://billing.example.com/invitations/(hidden)/" in page.content.decode()
    assert "https://billing.example.com/invitations/(hidden)/" in body.content.decode()
    assert "s3cr3t" not in page.content.decode() + body.content.decode()
    assert "sandbox" in page.content.decode()
    policy = body["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert body["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_a_brands_e_mails_is_seen_before_one_is_sent(
    clerk_client: Client, kind: str
) -> None:
    brand = invoices.brand(name="Southwind Voice")

    page = clerk_client.get(reverse("admin:accounts_brand_emails", args=[brand.pk, kind]))
    body = clerk_client.get(reverse("admin:accounts_brand_email_body", args=[brand.pk, kind]))

    assert 'aria-current="page"' in page.content.decode()
    assert page.content.decode().count("/body/") == 1
    assert "Southwind Voice" in body.content.decode()
    assert not Message.objects.exists()


def test_there_is_no_other_kind(clerk_client: Client) -> None:
    brand = make.brand()

    address = reverse("admin:accounts_brand_emails", args=[brand.pk, "layout"])

    assert clerk_client.get(address).status_code == 404


def test_a_brand_whose_colour_is_none_says_so(staff_client: Client) -> None:
    brand = invoices.brand(primary_colour="blue")

    address = reverse("admin:accounts_brand_emails", args=[brand.pk, "invoice"])

    assert "is not a colour" in staff_client.get(address, follow=True).content.decode()


def test_the_brands_page_leads_there(staff_client: Client) -> None:
    brand = make.brand()

    page = staff_client.get(reverse("admin:accounts_brand_change", args=[brand.pk]))

    assert reverse("admin:accounts_brand_emails", args=[brand.pk, "invoice"]) in (
        page.content.decode()
    )
