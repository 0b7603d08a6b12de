"""
No invoice is issued over a backfill that is half closed, where it replaces what there is.

Real processes close and bill; each is killed or halted between two steps, while the other works.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from accounts.columns import exact
from accounts.models import Customer
from catalog.models import Plan
from invoicing.models import Invoice, InvoiceState
from invoicing.operations.bill_customer import bill_customer
from tests import factories as make
from tests.at_once import no_waiting, uncommitted
from tests.flows.failing_processes import halted_at, killed_at, waiting
from tests.flows.processes import wait_for
from tests.flows.written_books import broken_invariants
from tests.invoicing.agreements import call, dollar_a_minute, first_invoice, sender_of
from usage.intake.sent_event import read_event
from usage.models import Backfill, BackfillState
from usage.operations.backfills.close_backfill import close_next, foresee_closing, start_closing
from usage.operations.backfills.open_backfill import open_backfill
from usage.operations.backfills.stage_events import stage_events
from usage.operations.changing_hands import attribute
from usage.operations.issuing_apart import hold_changes_still
from values.period import Period

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]

NOVEMBER_9 = "2024-11-09T10:00:00Z"
DECEMBER_3 = datetime(2024, 12, 3, tzinfo=UTC)
BILL = ("bill", "--as-of", DECEMBER_3.isoformat())
NOVEMBER = Period(datetime(2024, 11, 1, tzinfo=UTC), datetime(2024, 12, 1, tzinfo=UTC))


@pytest.fixture
def basil() -> Customer:
    """Basil pays a dollar a minute in November; his invoices fall due at its end."""
    buyer = make.basil()
    make.contract(buyer, plan=dollar_a_minute(), end=date(2024, 12, 1))
    return buyer


@pytest.fixture
def backfill(basil: Customer) -> Backfill:
    """One that is open: a call of nine minutes is to stand where Basil's of two does."""
    source = sender_of(basil)
    call(source, "old", at=NOVEMBER_9, minutes=2)
    opened = open_backfill(
        source=source, customer=None, span=NOVEMBER, event_name="", replaces_existing=True,
        reason="lost log", now=make.NOW,
    )  # fmt: skip
    body = make.call_body("new", customer_id="basil", minutes=9, occurred_at=NOVEMBER_9)
    stage_events(backfill_id=opened.pk, items=[read_event(body)], now=make.NOW)
    return opened


def walked(backfill: Backfill) -> None:
    while close_next(backfill_id=backfill.pk, now=make.NOW):
        pass


def billed(basil: Customer) -> Invoice:
    bill_customer(customer_id=basil.pk, as_of=DECEMBER_3)
    return first_invoice(basil)


def told(invoice: Invoice) -> tuple[str, Decimal]:
    return invoice.state, exact(invoice.total)


@pytest.mark.parametrize("point", ["backfill.committed", "backfill.committed@2", "backfill.done@3"])
def test_an_invoice_waits_for_the_end_of_a_closing(
    basil: Customer, backfill: Backfill, point: str
) -> None:
    start_closing(backfill_id=backfill.pk, now=make.NOW)
    killed_at(point, "usage_backfill", "walk", backfill.public_id)

    assert billed(basil).state == InvoiceState.DRAFT

    walked(backfill)
    assert told(billed(basil)) == (InvoiceState.ISSUED, Decimal("9.00"))
    assert broken_invariants() == []


def test_a_closing_does_not_begin_under_an_invoice_that_is_being_issued(
    basil: Customer, backfill: Backfill
) -> None:
    with ThreadPoolExecutor(1) as threads:
        with halted_at("issuing.computed", *BILL, then_killed_at="billing.issued"):
            closing = threads.submit(_begun_apart, backfill)
            wait_for(waiting, what="the closing did not wait for who issues")
        closing.result()

    assert told(first_invoice(basil)) == (InvoiceState.ISSUED, Decimal("2.00"))
    backfill.refresh_from_db()
    assert backfill.state == BackfillState.CLOSING


def test_a_closing_does_not_end_under_an_invoice_that_has_seen_old_and_new(
    basil: Customer, backfill: Backfill
) -> None:
    start_closing(backfill_id=backfill.pk, now=make.NOW)
    killed_at("backfill.committed", "usage_backfill", "walk", backfill.public_id)

    with ThreadPoolExecutor(1) as threads:
        with halted_at("issuing.computed", *BILL):
            closing = threads.submit(_walked_apart, backfill)
            wait_for(waiting, what="the last step did not wait for who issues")
        closing.result()

    assert first_invoice(basil).state == InvoiceState.DRAFT
    backfill.refresh_from_db()
    assert backfill.state == BackfillState.CLOSED
    assert told(billed(basil)) == (InvoiceState.ISSUED, Decimal("9.00"))


def test_what_a_closing_does_not_touch_is_issued_meanwhile(
    basil: Customer, backfill: Backfill
) -> None:
    carla = make.carla()
    make.contract(carla, plan=Plan.objects.get(), end=date(2024, 12, 1))
    call(sender_of(carla), "hers", at=NOVEMBER_9, minutes=3)
    start_closing(backfill_id=backfill.pk, now=make.NOW)

    assert told(billed(carla)) == (InvoiceState.ISSUED, Decimal("3.00"))


def test_a_look_at_what_closing_would_do_waits_for_nobody(
    basil: Customer, backfill: Backfill
) -> None:
    def issue_and_store() -> None:
        hold_changes_still()
        attribute()

    with uncommitted(issue_and_store), no_waiting():
        closed = foresee_closing(backfill_id=backfill.pk, now=make.NOW)

    assert (closed.state, closed.accepted, closed.voided) == (BackfillState.CLOSED, 1, 1)


def _begun_apart(backfill: Backfill) -> None:
    try:
        start_closing(backfill_id=backfill.pk, now=make.NOW)
    finally:
        connection.close()


def _walked_apart(backfill: Backfill) -> None:
    try:
        walked(backfill)
    finally:
        connection.close()
