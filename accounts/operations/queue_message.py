"""Writing an e-mail to somebody; a task sends it."""

from datetime import datetime

from accounts.models import Brand, Customer, Message, MessageKind, Partner


def queue_message(
    *,
    kind: MessageKind,
    key: str,
    customer: Customer | None = None,
    partner: Partner | None = None,
    brand: Brand | None = None,
    to: str,
    subject: str,
    text: str,
    html: str,
    now: datetime,
) -> Message:
    """
    Return the message with this key, written now unless it was written before.

    `key` says what it is about and to whom, in at most 200 characters: what was written under
    it first stays, so whoever asks twice sends one e-mail. It goes out as the customer's brand;
    to somebody of a partner, who has none, as the one that is given.
    """
    sender = customer.brand if customer is not None else brand
    assert sender is not None, "somebody of a partner is written to under a given brand"
    message, _ = Message.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "brand": sender,
            "customer": customer,
            "partner": partner,
            "to": to,
            "subject": subject,
            "text": text,
            "html": html,
            "queued_at": now,
        },
    )
    return message
