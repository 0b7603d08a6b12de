"""E-mails that did not get out, and staff who try them again."""

from datetime import date

from django.test import Client
from django.urls import reverse

from invoicing.models import Invoice, InvoiceEmail
from tests import factories as make
from tests.admin_forms import errors_of
from tests.invoicing.agreements import billed, call, dollar_a_minute, sender_of


def waiting_email(**fields: object) -> InvoiceEmail:
    """Return the e-mail of Basil's issued invoice of November."""
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))
    call(sender_of(basil), "november", at="2024-11-05T10:00:00Z")
    billed(basil)
    return InvoiceEmail.objects.create(
        invoice=Invoice.objects.get(),
        **{"to": "billing@basil.example", "subject": "Invoice", "text": "…", "html": "…",
           "queued_at": make.NOW, **fields},
    )  # fmt: skip


def press(client: Client, email: InvoiceEmail) -> object:
    return client.post(reverse("admin:invoicing_invoiceemail_retry", args=[email.pk]), follow=True)


def test_an_email_that_gave_up_is_tried_again(staff_client: Client) -> None:
    email = waiting_email(attempts=20, last_error="MailNotSent: 421")

    page = press(staff_client, email)

    email.refresh_from_db()
    assert errors_of(page) == []
    assert (email.attempts, email.last_error) == (0, "")


def test_one_that_is_out_is_not_sent_twice(staff_client: Client) -> None:
    email = waiting_email(attempts=1, last_error="", sent_at=make.NOW)

    page = press(staff_client, email)

    email.refresh_from_db()
    assert email.attempts == 1
    assert errors_of(page) != []


def test_who_may_only_look_is_refused(clerk_client: Client) -> None:
    email = waiting_email(attempts=20)

    assert press(clerk_client, email).status_code == 403  # type: ignore[attr-defined]
    email.refresh_from_db()
    assert email.attempts == 20
