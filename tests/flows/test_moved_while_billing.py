"""No invoice is issued over usage that is half moved to who holds its number."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from accounts.columns import exact
from accounts.models import Customer, Subject
from catalog.models import Plan
from invoicing.models import InvoiceState
from invoicing.operations.bill_customer import bill_customer
from tests import factories as make
from tests.at_once import no_waiting, uncommitted
from tests.flows.failing_processes import halted_at, waiting
from tests.flows.processes import wait_for
from tests.flows.written_books import broken_invariants
from tests.invoicing.agreements import call, dollar_a_minute, first_invoice, sender_of
from usage.models import SubjectMove
from usage.operations import move_usage as moving
from usage.operations.issuing_apart import hold_changes_still
from usage.operations.move_subject import FOR_EVER, NamedSpan, move_next, start_moves
from values.period import Period

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]

NUMBER = "+15550100"
DECEMBER_3 = datetime(2024, 12, 3, tzinfo=UTC)
BILL = ("bill", "--as-of", DECEMBER_3.isoformat())


@pytest.fixture
def customers(monkeypatch: pytest.MonkeyPatch) -> tuple[Customer, Customer]:
    """
    Carla and Basil pay a dollar a minute in November.

    Ten minutes of Carla's number came, and a move looks at two events at once.
    """
    monkeypatch.setattr(moving.move_some, "__kwdefaults__", {"limit": 2})
    carla, basil = make.carla(), make.basil()
    plan = dollar_a_minute()
    for buyer in (carla, basil):
        make.contract(buyer, plan=plan, end=date(2024, 12, 1))
    carla.subjects.create(kind="number", identifier=NUMBER, held_from=make.NOVEMBER_1)
    source = sender_of(carla, basil)
    for day in range(10, 20):
        call(source, f"call-{day}", customer_id=NUMBER, minutes=1, at=f"2024-11-{day}T10:00:00Z")
    return carla, basil


def handed_over(basil: Customer) -> SubjectMove:
    """Let the number always have been Basil's, and its first events move."""
    with transaction.atomic():
        Subject.objects.update(customer=basil)
        span = NamedSpan(NUMBER, Period(make.NOVEMBER_1, FOR_EVER))
        (job,) = start_moves(spans=[span], requested_by=None, now=make.NOW)
    return job


def moved_to_the_end(job: SubjectMove) -> None:
    while move_next(job_id=job.pk, now=make.NOW):
        pass


def billed(*customers: Customer) -> list[tuple[str, Decimal]]:
    for customer in customers:
        bill_customer(customer_id=customer.pk, as_of=DECEMBER_3)
    return told(*customers)


def told(*customers: Customer) -> list[tuple[str, Decimal]]:
    found = map(first_invoice, customers)
    return [(invoice.state, exact(invoice.total)) for invoice in found]


def states(*customers: Customer) -> list[str]:
    return [first_invoice(customer).state for customer in customers]


AS_IT_SHOULD_BE = [(InvoiceState.SKIPPED, Decimal(0)), (InvoiceState.ISSUED, Decimal(10))]


def test_invoices_of_both_wait_for_the_end_of_a_move(customers: tuple[Customer, Customer]) -> None:
    job = handed_over(customers[1])
    assert 0 < job.moved < 10

    billed(*customers)

    assert states(*customers) == [InvoiceState.DRAFT, InvoiceState.DRAFT]
    moved_to_the_end(job)
    assert billed(*customers) == AS_IT_SHOULD_BE
    assert broken_invariants() == []


def test_a_move_does_not_end_under_an_invoice_that_has_seen_it_half_done(
    customers: tuple[Customer, Customer],
) -> None:
    job = handed_over(customers[1])

    with ThreadPoolExecutor(1) as threads:
        with halted_at("issuing.computed", *BILL):
            moving_on = threads.submit(_moved_apart, job)
            wait_for(waiting, what="the last step did not wait for who issues")
        moving_on.result()

    job.refresh_from_db()
    assert (job.moved, job.finished_at) == (10, make.NOW)
    # The one that was looked at waits; the other one came after the end.
    assert states(*customers)[0] == InvoiceState.DRAFT
    assert billed(*customers) == AS_IT_SHOULD_BE


def test_a_number_is_handed_over_while_invoices_are_issued(
    customers: tuple[Customer, Customer],
) -> None:
    with uncommitted(hold_changes_still), no_waiting():
        job = handed_over(customers[1])

    assert 0 < job.moved < 10


def test_what_a_move_does_not_touch_is_issued_meanwhile(
    customers: tuple[Customer, Customer],
) -> None:
    acme = make.customer("acme-live", "Acme")
    make.contract(acme, plan=Plan.objects.get(), end=date(2024, 12, 1))
    call(sender_of(acme), "theirs", at="2024-11-09T10:00:00Z", minutes=3)
    handed_over(customers[1])

    assert billed(acme) == [(InvoiceState.ISSUED, Decimal("3.00"))]


def _moved_apart(job: SubjectMove) -> None:
    try:
        moved_to_the_end(job)
    finally:
        connection.close()
