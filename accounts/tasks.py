"""Background work of accounts. Tasks may arrive twice."""

import structlog
from celery import shared_task
from django.utils import timezone

from accounts.operations.forget_old_sign_ins import forget_old_sign_ins as forget
from accounts.operations.send_message import MailNotSent, send_message
from accounts.queries.unsent_messages import unsent_messages

log = structlog.get_logger()


@shared_task(name="accounts.send_messages")
def send_messages() -> None:
    """Send the messages that wait; one that is refused keeps no other waiting."""
    for message_pk in unsent_messages(now=timezone.now()):
        try:
            send_message(message_pk=message_pk, now=timezone.now())
        except MailNotSent as refusal:
            # Kept on the message, where staff see it; it is tried again after a while.
            log.warning("message_not_sent", reason=str(refusal))


@shared_task(name="accounts.forget_old_sign_ins")
def forget_old_sign_ins() -> None:
    """Delete what is kept of signing in once nobody needs it."""
    forget(now=timezone.now())
