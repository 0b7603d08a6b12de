"""Messages: written once, sent once, tried again."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from pytest_django import Settings

from accounts.mail_attempts import MOST_ATTEMPTS
from accounts.models import Customer, Message, MessageKind
from accounts.operations.queue_message import queue_message
from accounts.operations.retry_message import AlreadySent, retry_message
from accounts.operations.send_message import MailNotSent, Sending, send_message
from accounts.queries.unsent_messages import unsent_messages
from accounts.tasks import send_messages
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.refusals import refused

pytestmark = pytest.mark.django_db


class DownMailServer(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise ConnectionRefusedError("421 try later")


class ServerThatKnowsNobody(BaseEmailBackend):
    """A mail server that refuses one address, and hands the rest to the outbox."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if message.to == ["nobody@acme.example"]:
                raise ConnectionRefusedError("550 no such user")
            mail.outbox.append(message)
        return len(email_messages)


def written(
    key: str = "invitation:1",
    to: str = "olive@acme.example",
    *,
    kind: MessageKind = MessageKind.INVITATION,
    text: str = "Come in.\n",
) -> Message:
    customer = Customer.objects.filter(external_id="acme").first() or make.acme()
    return queue_message(
        kind=kind,
        key=key,
        customer=customer,
        to=to,
        subject="You are invited",
        text=text,
        html="<p>Come in.</p>",
        now=make.NOW,
    )


def test_a_message_goes_out_as_the_customers_brand() -> None:
    invoices.brand(
        sender_name="Northwind Billing",
        sender_email="billing@northwind.example",
        support_email="help@northwind.example",
    )
    message = written()

    assert send_message(message_pk=message.pk, now=make.NOW) == Sending.SENT

    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    assert sent.to == ["olive@acme.example"]
    assert sent.from_email == "Northwind Billing <billing@northwind.example>"
    assert sent.reply_to == ["help@northwind.example"]
    assert (sent.subject, sent.body) == ("You are invited", "Come in.\n")
    assert [tuple(part) for part in sent.alternatives] == [("<p>Come in.</p>", "text/html")]
    assert sent.extra_headers == {
        "Message-ID": f"<{message.public_id}@localhost>",
        "Auto-Submitted": "auto-generated",
    }
    message.refresh_from_db()
    assert (message.sent_at, message.attempts, message.last_error) == (make.NOW, 1, "")


def test_words_of_people_that_look_sealed_go_out_as_they_are() -> None:
    message = written(kind=MessageKind.QUESTION_ASKED, text="What is sealed.abc on my bill?")

    assert send_message(message_pk=message.pk, now=make.NOW) == Sending.SENT

    assert mail.outbox[0].body == "What is sealed.abc on my bill?"


def test_what_is_written_twice_under_a_key_is_one_message() -> None:
    first = written()

    assert written(to="other@acme.example") == first
    assert Message.objects.get().to == "olive@acme.example"


def test_a_message_that_was_sent_is_not_sent_again() -> None:
    message = written()
    send_message(message_pk=message.pk, now=make.NOW)

    again = send_message(message_pk=message.pk, now=make.NOW + timedelta(hours=1))

    assert again == Sending.ALREADY_SENT
    assert len(mail.outbox) == 1


def test_a_refusal_is_counted_and_the_next_attempt_has_the_same_message_id(
    settings: Settings,
) -> None:
    message = written()
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.DownMailServer"

    with pytest.raises(MailNotSent, match="421 try later"):
        send_message(message_pk=message.pk, now=make.NOW)

    message.refresh_from_db()
    assert (message.sent_at, message.attempts) == (None, 1)
    assert message.last_error == "ConnectionRefusedError: 421 try later"
    settings.EMAIL_BACKEND = working
    assert send_message(message_pk=message.pk, now=make.NOW) == Sending.SENT
    message.refresh_from_db()
    assert (message.attempts, message.last_error) == (2, "")
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{message.public_id}@localhost>"


@pytest.mark.parametrize("failures,minutes", [(1, 2), (2, 6), (19, 870 + 3600)])
def test_each_failure_makes_the_next_attempt_wait_longer(failures: int, minutes: int) -> None:
    message = written()
    Message.objects.update(attempts=failures, last_error="no")
    due_at = make.NOW + timedelta(minutes=minutes)

    assert unsent_messages(now=due_at - timedelta(seconds=1)) == []
    assert unsent_messages(now=due_at) == [message.pk]


def test_after_twenty_failures_it_is_given_up_until_somebody_tries_again() -> None:
    message = written()
    Message.objects.update(attempts=MOST_ATTEMPTS, last_error="no")
    later = make.NOW + timedelta(days=1000)
    assert unsent_messages(now=later) == []

    retry_message(message_pk=message.pk, now=later)

    assert unsent_messages(now=later) == [message.pk]
    message.refresh_from_db()
    assert (message.attempts, message.last_error, message.queued_at) == (0, "", later)


def test_what_was_sent_is_not_tried_again() -> None:
    message = written()
    send_message(message_pk=message.pk, now=make.NOW)

    with pytest.raises(AlreadySent):
        retry_message(message_pk=message.pk, now=make.NOW)


def test_one_address_that_is_refused_keeps_no_other_waiting(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.ServerThatKnowsNobody"
    refused, fine = written("a", to="nobody@acme.example"), written("b")

    send_messages()

    refused.refresh_from_db()
    fine.refresh_from_db()
    assert (refused.sent_at, refused.attempts) == (None, 1)
    assert (fine.attempts, fine.sent_at is None) == (1, False)
    assert [sent.to for sent in mail.outbox] == [["olive@acme.example"]]


def test_the_words_of_a_message_do_not_change() -> None:
    written()

    with refused("Cannot update"):
        Message.objects.update(text="Something else")


@pytest.mark.django_db(transaction=True)
def test_a_message_that_another_worker_is_sending_is_left_alone() -> None:
    message = written()
    answers: list[Sending] = []

    def work() -> None:
        answers.append(send_message(message_pk=message.pk, now=make.NOW))
        connection.close()

    with transaction.atomic():
        Message.objects.select_for_update().get(pk=message.pk)
        worker = threading.Thread(target=work)
        worker.start()
        worker.join()

    assert answers == [Sending.UNDER_WAY]
    assert mail.outbox == []
