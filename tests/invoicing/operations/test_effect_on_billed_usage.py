"""What a void or an amendment takes from billed periods is named before it is made."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import pytest

from accounts.models import Customer
from invoicing.models import Invoice
from invoicing.operations.close_invoice import close_invoice
from invoicing.operations.issue_invoice import issue_invoice
from invoicing.operations.money_of_change import money_of_change
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from usage.models import Event
from usage.operations.void_event import void_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("committed")]


def test_a_void_of_billed_usage_is_told_as_late() -> None:
    acme: Customer = make.acme()
    make.contract(acme)
    make.accepted(make.source(make.partner(acme)), [make.call_body("call")])
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    invoice = Invoice.objects.order_by("period_start")[0]
    december = invoice.period_end + timedelta(days=1)
    assert acme.test_clock
    acme.test_clock.now_at = december
    acme.test_clock.save()
    close_invoice(invoice_id=invoice.pk, now=december)
    issue_invoice(invoice_id=invoice.pk, now=december)
    key: UUID = Event.objects.get().key

    def void() -> Collection[int]:
        void_event(key=key, reason="a test call", now=december)
        return [acme.pk]

    effect = money_of_change(change=void, now=december)

    assert (effect.invoices, effect.late_events) == ((), -1)
