"""Tasks carry ids, and one customer's trouble is not another's."""

from datetime import date
from typing import Any

import pytest
from celery import Task
from djmoney.money import Money

from accounts.documents.usable_brand import UnusableBrand
from invoicing import tasks
from invoicing.models import InvoiceDocument, InvoiceEmail
from invoicing.operations.queue_email import queue_invoice_email
from tests import factories as make
from tests.invoicing.agreements import call, dollar_a_minute, first_invoice, sender_of, spoil_terms
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row
from usage.models import UsageArrival

pytestmark = pytest.mark.django_db


def test_one_customer_whose_terms_do_not_hold_says_so_and_keeps_no_other_waiting() -> None:
    plan = dollar_a_minute()
    buyers = [make.basil(), make.carla()]
    for buyer in buyers:
        make.contract(buyer, plan=plan, end=date(2024, 12, 1))
        call(sender_of(buyer), "november", at="2024-11-05T10:00:00Z")

    spoil_terms(buyers[0])

    tasks.refresh_customers([buyer.pk for buyer in buyers])

    assert first_invoice(buyers[1]).total == Money(5, "USD")
    assert first_invoice(buyers[0]).stopped_error == "INVALID_TERMS"
    assert not UsageArrival.objects.exists()


@pytest.fixture
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any, float | None]]:
    """What goes to the broker instead of going there: task, arguments, seconds it is worth."""
    sent: list[tuple[str, Any, float | None]] = []

    def apply_async(task: Any, args: Any = None, *_: Any, **options: Any) -> None:
        sent.append((task.name, args, options.get("expires")))

    monkeypatch.setattr(Task, "apply_async", apply_async)
    return sent


def test_what_is_handed_out_again_and_again_does_not_pile_up(
    handed_out: list[tuple[str, Any, float | None]],
) -> None:
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))
    call(sender_of(basil), "november", at="2024-11-05T10:00:00Z")
    issued = invoices.issued(invoices.draft_of([Row("70.00")], buyer=make.carla()))
    queue_invoice_email(invoice_id=issued.pk, now=make.NOW)

    tasks.refresh_upcoming()
    tasks.bill_due()
    tasks.finish_issued()

    assert [(name, expires) for name, _, expires in handed_out] == [
        ("invoicing.refresh_customers", 30),
        ("invoicing.bill_customers", 300),
        ("invoicing.finish_invoice", 120),
    ]


def test_a_pdf_that_cannot_be_made_is_told_by_its_email() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))
    invoices.brand(logo=b"GIF89a")

    with pytest.raises(UnusableBrand):
        tasks.finish_invoice(invoice.pk)

    email = InvoiceEmail.objects.get()
    assert (email.sent_at, email.attempts) == (None, 1)
    assert email.last_error.startswith("UnusableBrand: the logo of ")
    assert not InvoiceDocument.objects.exists()
