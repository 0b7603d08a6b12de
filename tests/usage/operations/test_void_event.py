"""An event that was a mistake stays, counts no more, and whoever bills it hears of it."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from djmoney.money import Money

from accounts.models import Customer
from invoicing.models import Invoice, InvoiceState
from invoicing.operations.close_invoice import close_invoice
from invoicing.operations.issue_invoice import issue_invoice
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from usage.models import Event, EventVoid, RatingVerdict, UsageArrival, Verdict
from usage.operations.discard_event import ReasonNeeded
from usage.operations.void_event import NoSuchEvent, void_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Customer:
    """A customer with a call of five and one of ten minutes, at 0.20 each."""
    customer = make.acme()
    make.contract(customer)
    sender = make.source(make.partner(customer))
    make.accepted(sender, [make.call_body("good"), make.call_body("mistake", minutes=10)])
    refresh_customer(customer_id=customer.pk, now=make.NOW)
    return customer


def key_of(idempotency_key: str) -> UUID:
    return Event.objects.get(idempotency_key=idempotency_key).key


def first_invoice() -> Invoice:
    return Invoice.objects.order_by("period_start")[0]


def test_an_open_invoice_loses_the_event(acme: Customer) -> None:
    assert first_invoice().total == Money("3.00", "USD")

    assert void_event(key=key_of("mistake"), reason=" a test call ", now=make.NOW)
    refresh_customer(customer_id=acme.pk, now=make.NOW)

    assert first_invoice().total == Money("1.00", "USD")
    void = EventVoid.objects.get()
    assert (void.reason, void.voided_at, void.replaced_by) == ("a test call", make.NOW, None)
    assert Event.objects.count() == 2


def test_the_customer_is_announced_for_the_time_of_the_event(acme: Customer) -> None:
    void_event(key=key_of("mistake"), reason="a test call", now=make.NOW)

    arrival = UsageArrival.objects.get()
    happened = Event.objects.get(idempotency_key="mistake").occurred_at
    assert (arrival.customer, arrival.earliest_at) == (acme, happened)
    assert arrival.latest_at == happened


def test_a_second_void_changes_nothing(acme: Customer) -> None:
    void_event(key=key_of("mistake"), reason="first", now=make.NOW)
    UsageArrival.objects.all().delete()

    again = void_event(key=key_of("mistake"), reason="second", now=make.NOW + timedelta(hours=1))

    assert not again
    assert EventVoid.objects.get().reason == "first"
    assert not UsageArrival.objects.exists()


@pytest.mark.usefixtures("committed")
def test_an_issued_invoice_stays_and_what_is_owed_back_is_late(
    request: pytest.FixtureRequest,
) -> None:
    acme = request.getfixturevalue("acme")
    invoice = first_invoice()
    december = make.NOVEMBER_20 + timedelta(days=30)
    acme.test_clock.now_at = december
    acme.test_clock.save()
    close_invoice(invoice_id=invoice.pk, now=december)
    issue_invoice(invoice_id=invoice.pk, now=december)

    void_event(key=key_of("mistake"), reason="a test call", now=make.NOW)
    refresh_customer(customer_id=acme.pk, now=december)

    invoice.refresh_from_db()
    assert (invoice.state, invoice.total) == (InvoiceState.ISSUED, Money("3.00", "USD"))
    late = RatingVerdict.objects.get(verdict=Verdict.LATE)
    assert (late.quantity, late.events) == (Decimal(-10), -1)


def test_a_void_needs_a_reason(acme: Customer) -> None:
    with pytest.raises(ReasonNeeded):
        void_event(key=key_of("mistake"), reason=" ", now=make.NOW)

    assert not EventVoid.objects.exists()


def test_what_is_not_stored_cannot_be_void(acme: Customer) -> None:
    with pytest.raises(NoSuchEvent):
        void_event(key=UUID(int=7), reason="a test call", now=make.NOW)
