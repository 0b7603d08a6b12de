"""Writing an e-mail to somebody; a task sends it."""

from datetime import datetime

from accounts.models import Customer, Message, MessageKind


def queue_message(
    *,
    kind: MessageKind,
    key: str,
    customer: Customer,
    to: str,
    subject: str,
    text: str,
    html: str,
    now: datetime,
) -> Message:
    """
    Return the message with this key, written now unless it was written before.

    `key` says what it is about and to whom, in at most 200 characters: what was written under
    it first stays, so whoever asks twice sends one e-mail. It goes out as the customer's brand.
    """
    message, _ = Message.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "brand": customer.brand,
            "customer": customer,
            "to": to,
            "subject": subject,
            "text": text,
            "html": html,
            "queued_at": now,
        },
    )
    return message
