"""Writing the e-mail of an invoice."""

import pytest

from accounts.models import Customer, Membership, User
from invoicing.models import InvoiceEmail
from invoicing.operations.queue_email import Queued, queue_invoice_email
from invoicing.operations.render_document import NotIssued
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row

pytestmark = pytest.mark.django_db


def test_the_email_is_written_to_the_customers_address() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))

    assert queue_invoice_email(invoice_id=invoice.pk, now=make.NOW) == Queued.NEW

    email = InvoiceEmail.objects.get()
    assert (email.invoice, email.to) == (invoice, "billing@basil.example")
    assert email.subject == "Invoice INV-2024-000007 from Northwind Voice: $70.00 due"
    assert (email.queued_at, email.sent_at, email.attempts) == (make.NOW, None, 0)


def test_it_is_written_once() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))
    queue_invoice_email(invoice_id=invoice.pk, now=make.NOW)

    assert queue_invoice_email(invoice_id=invoice.pk, now=make.NOW) == Queued.ALREADY
    assert InvoiceEmail.objects.count() == 1


def test_without_an_address_nothing_is_written_and_the_answer_says_so() -> None:
    nameless = invoices.basil_with_address(email="")
    invoice = invoices.issued(invoices.draft_of([Row("70.00")], buyer=nameless))

    assert queue_invoice_email(invoice_id=invoice.pk, now=make.NOW) == Queued.NO_ADDRESS
    assert not InvoiceEmail.objects.exists()


def test_a_draft_is_not_written_about() -> None:
    draft = invoices.draft_of([Row("70.00")])

    with pytest.raises(NotIssued):
        queue_invoice_email(invoice_id=draft.pk, now=make.NOW)


def wants_invoices(customer: Customer, *emails: str) -> None:
    for email in emails:
        make.member(customer, email)
    Membership.objects.filter(user__email__in=emails).update(wants_invoices=True)


def queued(customer: Customer) -> tuple[str, list[str]]:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")], buyer=customer))
    queue_invoice_email(invoice_id=invoice.pk, now=make.NOW)
    email = InvoiceEmail.objects.get()
    return email.to, email.cc


def test_people_who_want_invoices_get_a_copy() -> None:
    basil = invoices.basil_with_address()
    wants_invoices(basil, "olive@basil.example", "bob@basil.example")
    make.member(basil, "silent@basil.example")

    assert queued(basil) == (
        "billing@basil.example",
        ["olive@basil.example", "bob@basil.example"],
    )


def test_nobody_gets_it_twice_however_the_address_is_written() -> None:
    basil = invoices.basil_with_address(email="Olive@Basil.example")
    wants_invoices(basil, "olive@basil.example")

    assert queued(basil) == ("Olive@Basil.example", [])


def test_without_an_invoice_address_it_goes_to_the_first_person_who_wants_it() -> None:
    basil = invoices.basil_with_address(email="")
    wants_invoices(basil, "olive@basil.example", "bob@basil.example")

    assert queued(basil) == ("olive@basil.example", ["bob@basil.example"])


def test_people_of_other_customers_and_those_who_left_get_none() -> None:
    basil = invoices.basil_with_address()
    wants_invoices(make.carla(), "cora@carla.example")
    wants_invoices(basil, "gone@basil.example")
    User.objects.filter(email="gone@basil.example").update(is_active=False)

    assert queued(basil) == ("billing@basil.example", [])
