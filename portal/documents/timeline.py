"""What became of an invoice, and what comes next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from invoicing.documents.formats import day
from invoicing.documents.period_words import is_opening
from invoicing.documents.presentation import invoice_zone
from invoicing.models import Invoice, InvoiceState
from portal.documents.times import moment
from portal.queries.invoice import Deliveries
from values.calendar import last_day, local_date


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, or will; `when` is empty where nobody knows yet."""

    what: str
    when: str


def timeline(*, invoice: Invoice, deliveries: Deliveries) -> list[Moment]:
    """Return an invoice's way in order, days by its customer's calendar."""
    zone = invoice_zone(invoice)
    moments = [*_period(invoice, zone)]
    if invoice.state in (InvoiceState.UPCOMING, InvoiceState.DRAFT):
        return [*moments, Moment("To be issued on", _day(invoice.closes_at, zone))]
    if invoice.issue_date is not None and invoice.number:
        moments.append(Moment("Issued", day(invoice.issue_date)))
        moments += _deliveries(deliveries, zone)
    if invoice.state == InvoiceState.VOID:
        moments.append(Moment("Made void", ""))
    return moments


def _period(invoice: Invoice, zone: str) -> Iterator[Moment]:
    begins = _day(invoice.period_start, zone)
    if is_opening(invoice):
        yield Moment("First day of the contract", begins)
        return
    yield Moment("Period began", begins)
    runs = invoice.state == InvoiceState.UPCOMING
    ends = day(last_day(invoice.period_end, zone))
    yield Moment("Period closes after" if runs else "Period closed after", ends)


def _deliveries(deliveries: Deliveries, zone: str) -> Iterator[Moment]:
    if deliveries.rendered_at is None:
        yield Moment("The PDF is being made", "")
    else:
        yield Moment("PDF made", moment(deliveries.rendered_at, zone))
    if deliveries.mail_to is not None and deliveries.mailed_at is None:
        yield Moment(f"E-mail to {deliveries.mail_to} is on its way", "")
    elif deliveries.mailed_at is not None:
        yield Moment(f"E-mailed to {deliveries.mail_to}", moment(deliveries.mailed_at, zone))


def _day(instant: datetime, zone: str) -> str:
    return day(local_date(instant, zone))
