"""Keeping why an issued invoice did not leave the house."""

from django.db.models import F

from invoicing.models import InvoiceEmail

MOST_OF_AN_ERROR = 2_000
MOST_ATTEMPTS_COUNTED = 32_767


def record_failed_delivery(*, invoice_id: int, error: Exception) -> bool:
    """
    Count a failed attempt on the invoice's waiting e-mail, with its reason for staff.

    Return whether there is such an e-mail.
    """
    waiting = InvoiceEmail.objects.filter(
        invoice_id=invoice_id, sent_at=None, attempts__lt=MOST_ATTEMPTS_COUNTED
    )
    return bool(waiting.update(attempts=F("attempts") + 1, last_error=reason_of(error)))


def reason_of(error: Exception) -> str:
    """Return what went wrong, as it is kept."""
    return f"{type(error).__name__}: {error}"[:MOST_OF_AN_ERROR].replace("\x00", "")
