"""Issued invoices that have not left the house."""

from datetime import datetime, timedelta

import pytest

from accounts.mail_attempts import MOST_ATTEMPTS
from accounts.models import Customer, Membership
from invoicing.models import Invoice
from invoicing.operations.queue_email import queue_invoice_email
from invoicing.operations.record_failed_delivery import record_failed_delivery
from invoicing.operations.render_document import render_document
from invoicing.operations.send_email import send_invoice_email
from invoicing.queries.undelivered import undelivered_invoices
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row

pytestmark = pytest.mark.django_db


def waiting_at(now: datetime) -> list[int]:
    return undelivered_invoices(now=now)


def failed(invoice: Invoice, *, times: int) -> None:
    for _ in range(times):
        record_failed_delivery(invoice_id=invoice.pk, error=OSError("no route to host"))


def test_an_issued_invoice_waits_until_pdf_and_email_are_out() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))
    seen = [waiting_at(make.NOW)]

    render_document(invoice_id=invoice.pk, now=make.NOW)
    seen.append(waiting_at(make.NOW))
    queue_invoice_email(invoice_id=invoice.pk, now=make.NOW)
    seen.append(waiting_at(make.NOW))
    send_invoice_email(invoice_id=invoice.pk, now=make.NOW)

    assert seen == [[invoice.pk]] * 3
    assert waiting_at(make.NOW) == []


def test_a_draft_does_not_wait() -> None:
    invoices.draft_of([Row("70.00")])

    assert waiting_at(make.NOW) == []


def test_a_customer_without_an_address_waits_for_the_pdf_alone() -> None:
    nameless = invoices.basil_with_address(email="")
    invoice = invoices.issued(invoices.draft_of([Row("70.00")], buyer=nameless))
    assert waiting_at(make.NOW) == [invoice.pk]

    render_document(invoice_id=invoice.pk, now=make.NOW)

    assert waiting_at(make.NOW) == []


def test_an_address_entered_later_sends_no_old_invoices() -> None:
    nameless = invoices.basil_with_address(email="")
    invoice = invoices.issued(invoices.draft_of([Row("70.00")], buyer=nameless))
    render_document(invoice_id=invoice.pk, now=make.NOW)

    Customer.objects.update(email="new@basil.example")

    assert waiting_at(make.NOW) == []


@pytest.mark.parametrize(
    "failures,minutes",
    [(1, 2), (2, 2 + 4), (3, 2 + 4 + 8), (9, 1022 - 512 + 360), (19, 870 + 3600)],
)
def test_each_failure_makes_the_next_attempt_wait_longer(failures: int, minutes: int) -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))
    queue_invoice_email(invoice_id=invoice.pk, now=make.NOW)
    failed(invoice, times=failures)
    due_at = make.NOW + timedelta(minutes=minutes)

    assert waiting_at(due_at - timedelta(seconds=1)) == []
    assert waiting_at(due_at) == [invoice.pk]


def test_after_twenty_failures_the_rest_is_for_staff() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))
    queue_invoice_email(invoice_id=invoice.pk, now=make.NOW)

    failed(invoice, times=MOST_ATTEMPTS)

    assert waiting_at(make.NOW + timedelta(days=1000)) == []


def test_a_pdf_without_an_email_is_tried_in_the_first_twenty_minutes_of_each_hour() -> None:
    nameless = invoices.basil_with_address(email="")
    invoice = invoices.issued(invoices.draft_of([Row("70.00")], buyer=nameless))
    assert invoice.issued_at is not None

    tried = [
        minute
        for minute in range(0, 180, 10)
        if waiting_at(invoice.issued_at + timedelta(minutes=minute))
    ]

    assert tried == [0, 10, 60, 70, 120, 130]


def reader(customer: Customer, *, since: datetime) -> None:
    make.member(customer)
    Membership.objects.update(wants_invoices=True, created_at=since)


def test_a_person_who_wanted_invoices_when_it_was_issued_is_owed_one_for_a_day() -> None:
    nameless = invoices.basil_with_address(email="")
    invoice = invoices.issued(invoices.draft_of([Row("70.00")], buyer=nameless))
    assert invoice.issued_at is not None
    render_document(invoice_id=invoice.pk, now=make.NOW)
    reader(nameless, since=invoice.issued_at)

    assert waiting_at(invoice.issued_at + timedelta(hours=23)) == [invoice.pk]
    assert waiting_at(invoice.issued_at + timedelta(hours=25)) == []


def test_a_person_who_came_after_the_issue_is_sent_no_old_invoices() -> None:
    nameless = invoices.basil_with_address(email="")
    invoice = invoices.issued(invoices.draft_of([Row("70.00")], buyer=nameless))
    assert invoice.issued_at is not None
    render_document(invoice_id=invoice.pk, now=make.NOW)
    reader(nameless, since=invoice.issued_at + timedelta(seconds=1))

    assert waiting_at(invoice.issued_at + timedelta(hours=1)) == []
