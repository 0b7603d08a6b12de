"""Trying a message again that did not get out, at once and not at its next turn."""

from datetime import datetime

from accounts.models import Message


class AlreadySent(ValueError):
    """The message is out; a second one would only puzzle its reader."""


def retry_message(*, message_pk: int, now: datetime) -> None:
    """
    Forget the failures of an unsent message, so that the next round takes it.

    Its waits begin anew, as if it was queued now.

    :raises AlreadySent:
    """
    waiting = Message.objects.filter(pk=message_pk, sent_at=None)
    if not waiting.update(attempts=0, last_error="", queued_at=now):
        raise AlreadySent("this message was sent; it does not go out twice")
