"""Sending a message, once."""

from datetime import datetime
from enum import StrEnum

from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from accounts.documents.message import message_id, sender_of
from accounts.mail_attempts import MOST_ATTEMPTS_COUNTED, reason_of
from accounts.models import Message, MessageKind
from accounts.sealing import unsealed


class Sending(StrEnum):
    """What became of the call."""

    SENT = "sent"
    ALREADY_SENT = "already_sent"
    UNDER_WAY = "under_way"


class MailNotSent(RuntimeError):
    """The mail server did not take the message; it is tried again."""


def send_message(*, message_pk: int, now: datetime) -> Sending:
    """
    Send a message once; another worker's attempt is left alone.

    The row stays locked while the message is handed over, so that two never send it. A crash
    between the server's answer and the commit sends it again under the same Message-ID.

    :raises Message.DoesNotExist:
    :raises MailNotSent: the attempt is counted and its error kept.
    """
    with transaction.atomic():
        locked = Message.objects.select_for_update(skip_locked=True, of=("self",))
        message = locked.select_related("brand").filter(pk=message_pk).first()
        if message is None:
            Message.objects.get(pk=message_pk)
            return Sending.UNDER_WAY
        if message.sent_at is not None:
            return Sending.ALREADY_SENT
        error = _refusal(message)
        message.attempts = min(message.attempts + 1, MOST_ATTEMPTS_COUNTED)
        message.last_error = "" if error is None else reason_of(error)
        message.sent_at = now if error is None else None
        message.save(update_fields=["attempts", "last_error", "sent_at"])
    if error is not None:
        raise MailNotSent(f"{message.public_id}: {reason_of(error)}") from error
    return Sending.SENT


def _refusal(message: Message) -> Exception | None:
    """Hand the message over; return what went wrong, whichever mail backend said so."""
    try:
        _email(message).send()
    except Exception as error:
        return error
    return None


def _email(message: Message) -> EmailMultiAlternatives:
    support = message.brand.support_email
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=_open(message, message.text),
        from_email=sender_of(message.brand),
        to=[message.to],
        reply_to=[support] if support and support != message.to else None,
        # The second tells absence notices that nobody waits for them (RFC 3834).
        headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
    )
    email.attach_alternative(_open(message, message.html), "text/html")
    return email


def _open(message: Message, body: str) -> str:
    # Others carry the words of people, which may look like something sealed and are not.
    if message.kind != MessageKind.INVITATION:
        return body
    return unsealed(text=body, about=message.key)
