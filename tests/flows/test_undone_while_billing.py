"""
No invoice is issued over a backfill that is half undone, and none that is issued is undone.

Real processes undo and bill; they are killed or halted between two steps, while the other is at it.
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
from invoicing.operations.effect_of_backfill import AlreadyInvoiced, undo_backfill
from tests import factories as make
from tests.flows.failing_processes import halted_at, killed_at, waiting
from tests.flows.processes import wait_for
from tests.flows.written_books import broken_invariants
from tests.invoicing.agreements import call, dollar_a_minute, first_invoice, sender_of
from usage.intake.sent_event import read_event
from usage.models import Backfill, BackfillState
from usage.operations.backfills.close_backfill import close_next, start_closing
from usage.operations.backfills.open_backfill import open_backfill
from usage.operations.backfills.stage_events import stage_events
from usage.operations.backfills.undo_backfill import undo_next
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
    """One that is closed: Basil's call of two minutes is gone, one of nine stands there."""
    source = sender_of(basil)
    call(source, "old", at=NOVEMBER_9, minutes=2)
    opened = open_backfill(
        source=source, customer=basil, span=NOVEMBER, event_name="", replaces_existing=True,
        reason="lost log", now=make.NOW,
    )  # fmt: skip
    body = make.call_body("new", customer_id="basil", minutes=9, occurred_at=NOVEMBER_9)
    stage_events(backfill_id=opened.pk, items=[read_event(body)], now=make.NOW)
    start_closing(backfill_id=opened.pk, now=make.NOW)
    while close_next(backfill_id=opened.pk, now=make.NOW):
        pass
    return opened


def walked(backfill: Backfill) -> None:
    while undo_next(backfill_id=backfill.pk, now=make.NOW):
        pass


def billed(basil: Customer) -> Invoice:
    bill_customer(customer_id=basil.pk, as_of=DECEMBER_3)
    return first_invoice(basil)


def told(invoice: Invoice) -> tuple[str, Decimal]:
    return invoice.state, exact(invoice.total)


@pytest.mark.parametrize("point", ["backfill.undone@2", "backfill.undone@3"])
def test_an_invoice_waits_for_the_end_of_an_undoing(
    basil: Customer, backfill: Backfill, point: str
) -> None:
    undo_backfill(backfill_id=backfill.pk, now=make.NOW)
    killed_at(point, "usage_backfill", "walk", backfill.public_id)

    assert billed(basil).state == InvoiceState.DRAFT

    walked(backfill)
    assert told(billed(basil)) == (InvoiceState.ISSUED, Decimal("2.00"))
    assert broken_invariants() == []


def test_an_undoing_that_begins_while_an_invoice_is_issued_comes_too_late(
    basil: Customer, backfill: Backfill
) -> None:
    with ThreadPoolExecutor(1) as threads:
        with halted_at("issuing.computed", *BILL, then_killed_at="billing.issued"):
            undoing = threads.submit(_undone_apart, backfill)
            wait_for(waiting, what="the undoing did not wait for who issues")
        refusal = undoing.exception()

    assert isinstance(refusal, AlreadyInvoiced)
    assert told(first_invoice(basil)) == (InvoiceState.ISSUED, Decimal("9.00"))
    backfill.refresh_from_db()
    assert backfill.state == BackfillState.CLOSED


def test_an_undoing_does_not_end_under_an_invoice_that_has_seen_it_half_done(
    basil: Customer, backfill: Backfill
) -> None:
    undo_backfill(backfill_id=backfill.pk, now=make.NOW)
    killed_at("backfill.undone@2", "usage_backfill", "walk", backfill.public_id)

    with ThreadPoolExecutor(1) as threads:
        with halted_at("issuing.computed", *BILL):
            walking = threads.submit(_walked_apart, backfill)
            wait_for(waiting, what="the last step did not wait for who issues")
        walking.result()

    assert first_invoice(basil).state == InvoiceState.DRAFT
    backfill.refresh_from_db()
    assert backfill.state == BackfillState.UNDONE
    assert told(billed(basil)) == (InvoiceState.ISSUED, Decimal("2.00"))


def test_what_an_undoing_does_not_touch_is_issued_meanwhile(
    basil: Customer, backfill: Backfill
) -> None:
    carla = make.carla()
    make.contract(carla, plan=Plan.objects.get(), end=date(2024, 12, 1))
    call(sender_of(carla), "hers", at=NOVEMBER_9, minutes=3)
    undo_backfill(backfill_id=backfill.pk, now=make.NOW)

    assert told(billed(carla)) == (InvoiceState.ISSUED, Decimal("3.00"))


def _undone_apart(backfill: Backfill) -> None:
    try:
        undo_backfill(backfill_id=backfill.pk, now=make.NOW)
    finally:
        connection.close()


def _walked_apart(backfill: Backfill) -> None:
    try:
        walked(backfill)
    finally:
        connection.close()
