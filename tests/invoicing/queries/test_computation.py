"""The one way to an invoice's amounts, at a price that does not grow with the usage."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from djmoney.money import Money

from accounts.models import Customer
from contracts.models import Contract
from contracts.queries.terms import with_terms
from invoicing.models import Invoice
from invoicing.queries.computation import compute_invoice
from invoicing.queries.due import due_invoices
from tests import factories as make
from tests.invoicing.agreements import (
    billed,
    call,
    closed,
    dollar_a_minute,
    first_invoice,
    sender_of,
)

pytestmark = pytest.mark.django_db

DECEMBER_1 = datetime(2024, 12, 1, tzinfo=UTC)


@pytest.fixture
def basil() -> Customer:
    """Basil on the nine rates."""
    basil = make.basil()
    make.contract(basil, end=date(2024, 12, 1))
    return basil


def with_its_terms(buyer: Customer) -> Invoice:
    invoice = first_invoice(buyer)
    invoice.contract = with_terms(Contract.objects.filter(pk=invoice.contract_id)).get()
    return invoice


def queries(buyer: Customer) -> int:
    invoice = with_its_terms(buyer)
    with CaptureQueriesContext(connection) as captured:
        compute_invoice(invoice=invoice)
    return len(captured)


def test_500_events_of_many_combinations_take_the_queries_of_10(basil: Customer) -> None:
    sender = sender_of(basil)

    def send(first: int, last: int) -> None:
        make.accepted(
            sender,
            [
                make.call_body(
                    f"call-{number}", customer_id="basil", region=f"R{number}",
                    occurred_at=f"2024-11-{number % 28 + 1:02}T10:00:00Z",
                )
                for number in range(first, last)
            ],
        )  # fmt: skip

    send(0, 10)
    make.grant(basil)
    few = queries(basil)
    send(10, 500)
    for number in range(2, 8):
        make.grant(
            basil, code=f"grant-{number}", amount="1.00",
            effective_from=datetime(2024, 11, number, tzinfo=UTC),
        )  # fmt: skip

    assert queries(basil) == few
    assert len(compute_invoice(invoice=with_its_terms(basil)).result.lines) == 500


def test_more_rates_take_no_more_queries(basil: Customer) -> None:
    call(sender_of(basil), "call-1", at="2024-11-05T10:00:00Z")

    def terms_queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            with_its_terms(basil).contract.plan.items.all()
        return len(captured)

    before = terms_queries()
    card = make.RateCard.objects.get()
    for month in range(1, 6):
        make.RateCardVersion.objects.create(
            rate_card=card, effective_from=datetime(2030, month, 1, tzinfo=UTC)
        )

    assert terms_queries() == before


def test_computing_writes_nothing(basil: Customer) -> None:
    call(sender_of(basil), "call-1", at="2024-11-05T10:00:00Z")

    computed = compute_invoice(invoice=with_its_terms(basil))

    assert str(computed.result.total) == "1.00"
    assert first_invoice(basil).total == Money(0, "USD")
    assert not first_invoice(basil).lines.exists()


def test_upcoming_is_due_at_its_end_and_a_draft_after_its_grace() -> None:
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(grace_hours=24), end=date(2025, 1, 1))
    november = first_invoice(basil)

    assert not due_invoices(as_of=datetime(2024, 11, 30, 23, 59, tzinfo=UTC)).exists()
    assert due_invoices(as_of=DECEMBER_1).get() == november
    closed(november)
    assert not due_invoices(as_of=datetime(2024, 12, 1, 23, 59, tzinfo=UTC)).exists()
    assert due_invoices(as_of=datetime(2024, 12, 2, tzinfo=UTC)).get() == november
    billed(basil)
    assert not due_invoices(as_of=make.NOW).exists()


def test_due_invoices_take_one_query(basil: Customer) -> None:
    make.contract(make.acme(clock_at=DECEMBER_1), end=date(2024, 12, 1))

    with CaptureQueriesContext(connection) as captured:
        due = [invoice.customer_id for invoice in due_invoices(as_of=make.NOW)]

    assert (due, len(captured)) == ([basil.pk], 1)
