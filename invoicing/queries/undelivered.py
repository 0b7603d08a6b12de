"""Issued invoices that have not left the house."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from accounts.mail_attempts import is_due
from accounts.models import Membership
from invoicing.models import Invoice, InvoiceDocument, InvoiceEmail, InvoiceState

# Where no e-mail is written that could count failures.
_ROUND = timedelta(hours=1)
_OPEN_FOR = timedelta(minutes=20)
_NEWS = timedelta(days=1)


def undelivered_invoices(*, now: datetime) -> list[int]:
    """
    Return the ids of issued invoices whose PDF or e-mail is to be made or sent now, oldest first.

    After each failure that the e-mail counts it waits longer, as `accounts.mail_attempts`
    says. An invoice without an e-mail is due in the first 20 minutes of each hour since its
    issue.

    An e-mail is owed where the customer had an address at issue and has one now, or was issued
    within `_NEWS` to people of whom one wants invoices: what is entered or wanted later does
    not let years of old invoices go out.
    """
    has_address = ~Q(buyer_snapshot__email="") & ~Q(customer__email="")
    has_reader = Q(issued_at__gte=now - _NEWS) & Exists(
        Membership.objects.filter(
            customer=OuterRef("customer"),
            wants_invoices=True,
            user__is_active=True,
            created_at__lte=OuterRef("issued_at"),
        )
    )
    has_document = Exists(InvoiceDocument.objects.filter(invoice=OuterRef("pk")))
    emails = InvoiceEmail.objects.filter(invoice=OuterRef("pk"))
    issued = Invoice.objects.filter(state=InvoiceState.ISSUED)
    by_email = issued.filter(Exists(emails.filter(is_due(now=now), sent_at=None)))
    without = issued.filter(~Exists(emails)).filter(~has_document | has_address | has_reader)
    found = [*by_email.values_list("issued_at", "id")]
    found += [
        (issued_at, pk)
        for issued_at, pk in without.values_list("issued_at", "id")
        if issued_at is not None and (now - issued_at) % _ROUND < _OPEN_FOR
    ]
    return [pk for _, pk in sorted(found)]
