"""Issued invoices that have not left the house."""

from datetime import datetime, timedelta
from itertools import accumulate

from django.db.models import Exists, OuterRef, Q

from invoicing.models import Invoice, InvoiceDocument, InvoiceEmail, InvoiceState

MOST_ATTEMPTS = 20
"""After so many failures, three days and a half, the rest is for staff."""

LONGEST_WAIT = timedelta(hours=6)

# Where no e-mail is written that could count failures.
_ROUND = timedelta(hours=1)
_OPEN_FOR = timedelta(minutes=20)

_WAITS = [min(timedelta(minutes=2**attempts), LONGEST_WAIT) for attempts in range(1, MOST_ATTEMPTS)]


def undelivered_invoices(*, now: datetime) -> list[int]:
    """
    Return the ids of issued invoices whose PDF or e-mail is to be made or sent now, oldest first.

    After each failure that the e-mail counts it waits twice as long, from 2 minutes to
    `LONGEST_WAIT`, and after `MOST_ATTEMPTS` for ever. An invoice without an e-mail is due in
    the first 20 minutes of each hour since its issue.

    An e-mail is owed where the customer had an address at issue and has one now: an address
    that is entered later does not let years of old invoices go out.
    """
    has_address = ~Q(buyer_snapshot__email="") & ~Q(customer__email="")
    has_document = Exists(InvoiceDocument.objects.filter(invoice=OuterRef("pk")))
    emails = InvoiceEmail.objects.filter(invoice=OuterRef("pk"))
    issued = Invoice.objects.filter(state=InvoiceState.ISSUED)
    by_email = issued.filter(Exists(emails.filter(_is_due(now), sent_at=None)))
    without = issued.filter(~Exists(emails)).filter(~has_document | has_address)
    found = [*by_email.values_list("issued_at", "id")]
    found += [
        (issued_at, pk)
        for issued_at, pk in without.values_list("issued_at", "id")
        if issued_at is not None and (now - issued_at) % _ROUND < _OPEN_FOR
    ]
    return [pk for _, pk in sorted(found)]


def _is_due(now: datetime) -> Q:
    """The time of the last attempt is not kept: each has its time after the queuing."""
    due = Q(attempts=0)
    for attempts, waited in enumerate(accumulate(_WAITS), start=1):
        due |= Q(attempts=attempts, queued_at__lte=now - waited)
    return due
