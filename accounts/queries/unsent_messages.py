"""Messages that wait to be sent."""

from datetime import datetime

from accounts.mail_attempts import is_due
from accounts.models import Message

ROUND = 200
"""What one round sends at most; the next takes the rest."""


def unsent_messages(*, now: datetime) -> list[int]:
    """Return the keys of messages that are to be tried now, oldest first, at most `ROUND`."""
    waiting = Message.objects.filter(is_due(now=now), sent_at=None)
    return list(waiting.order_by("queued_at", "pk").values_list("pk", flat=True)[:ROUND])
