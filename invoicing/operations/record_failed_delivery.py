"""Keeping why an issued invoice did not leave the house."""

from django.db.models import F

from accounts.mail_attempts import MOST_ATTEMPTS_COUNTED, reason_of
from invoicing.models import InvoiceEmail


def record_failed_delivery(*, invoice_id: int, error: Exception) -> bool:
    """
    Count a failed attempt on the invoice's waiting e-mail, with its reason for staff.

    Return whether there is such an e-mail.
    """
    waiting = InvoiceEmail.objects.filter(
        invoice_id=invoice_id, sent_at=None, attempts__lt=MOST_ATTEMPTS_COUNTED
    )
    return bool(waiting.update(attempts=F("attempts") + 1, last_error=reason_of(error)))
