"""Trying an e-mail again that did not get out, at once and not at its next turn."""

from invoicing.models import InvoiceEmail


class AlreadySent(ValueError):
    """The e-mail is out; a second one would only puzzle its reader."""


def retry_email(*, email_id: int) -> None:
    """
    Forget the failures of an unsent e-mail, so that the next round takes it.

    :raises AlreadySent:
    """
    waiting = InvoiceEmail.objects.filter(pk=email_id, sent_at=None)
    if not waiting.update(attempts=0, last_error=""):
        raise AlreadySent("this e-mail was sent; it does not go out twice")
