"""Stopping an invoice that cannot be computed: it says why, and the others go on."""

from datetime import datetime

from invoicing.models import Invoice, InvoiceState


def stop_invoice(*, invoice_id: int, error: str, detail: str, now: datetime) -> None:
    """Note on an open invoice why it cannot be billed; its amounts stay as they were."""
    Invoice.objects.filter(
        pk=invoice_id, state__in=[InvoiceState.UPCOMING, InvoiceState.DRAFT]
    ).update(stopped_error=error, stopped_detail=detail, computed_at=now)
