"""Bill runs: everybody who is due, whatever happens to one of them."""

from datetime import UTC, date, datetime
from functools import partial

import pytest

from accounts.models import Customer, TaxRegistration
from invoicing.models import BillRun, Invoice, InvoiceState, JournalEntry
from invoicing.operations import bill_customer as billing
from invoicing.operations import run_bills
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.run_bills import bill_chunk, start_bill_run
from tests import factories as make
from tests.at_once import at_once
from tests.invoicing.agreements import (
    call,
    dollar_a_minute,
    first_invoice,
    invoices_of,
    sender_of,
    spoil_terms,
)

pytestmark = pytest.mark.django_db

DECEMBER_2 = datetime(2024, 12, 2, tzinfo=UTC)


@pytest.fixture
def three() -> list[Customer]:
    """Three customers who called in November."""
    plan = dollar_a_minute()
    buyers = [make.basil(), make.carla(), make.customer("dora", "Dora's Deli")]
    for buyer in buyers:
        make.contract(buyer, plan=plan, end=date(2024, 12, 1))
        call(sender_of(buyer), "november", at="2024-11-05T10:00:00Z")
    return buyers


def run(*, as_of: datetime = DECEMBER_2) -> tuple[BillRun, list[int]]:
    """Return a whole bill run and the invoices that it issued."""
    started = start_bill_run(as_of=as_of, now=as_of)
    assert started
    bill_run, chunks = started
    issued = [
        pk
        for chunk in chunks
        for pk in bill_chunk(run_id=bill_run.pk, customer_ids=chunk, now=as_of)
    ]
    bill_run.refresh_from_db()
    return bill_run, issued


def test_a_run_closes_and_issues_for_everybody_and_counts(three: list[Customer]) -> None:
    bill_run, issued = run()

    assert issued == list(Invoice.objects.order_by("number").values_list("pk", flat=True))
    assert (bill_run.customers_due, bill_run.customers_done) == (3, 3)
    assert (bill_run.drafted, bill_run.issued, bill_run.stopped, bill_run.failed) == (3, 3, 0, 0)
    assert (bill_run.as_of, bill_run.finished_at) == (DECEMBER_2, DECEMBER_2)


def test_where_nobody_is_due_there_is_no_run(three: list[Customer]) -> None:
    run()

    assert start_bill_run(as_of=DECEMBER_2, now=DECEMBER_2) is None
    assert BillRun.objects.count() == 1


def test_nothing_is_due_before_the_end_of_the_period(three: list[Customer]) -> None:
    assert start_bill_run(as_of=datetime(2024, 11, 30, 23, tzinfo=UTC), now=DECEMBER_2) is None


def test_customers_are_handed_out_in_chunks(
    three: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_bills, "CHUNK", 2)

    started = start_bill_run(as_of=DECEMBER_2, now=DECEMBER_2)

    assert started
    assert [len(chunk) for chunk in started[1]] == [2, 1]


def test_one_whose_terms_do_not_hold_is_named_and_stops_no_other(
    three: list[Customer],
) -> None:
    spoil_terms(three[1])

    bill_run, issued = run()

    assert len(issued) == 2
    assert (bill_run.customers_done, bill_run.issued, bill_run.stopped) == (3, 2, 1)
    stopped = first_invoice(three[1])
    assert stopped.stopped_error == "INVALID_TERMS"
    assert "the price has a unit price, not a rate card" in stopped.stopped_detail
    assert bill_run.finished_at == DECEMBER_2
    assert stopped.state == InvoiceState.UPCOMING
    assert start_bill_run(as_of=DECEMBER_2, now=DECEMBER_2) is None


def test_a_stopped_invoice_is_counted_and_issued_by_a_later_run(three: list[Customer]) -> None:
    seller = make.northwind()
    seller.tax_registration = TaxRegistration.UNDECIDED
    seller.save()

    first, issued = run()
    assert first.last_error == ""
    assert (first.drafted, first.issued, first.stopped, issued) == (3, 0, 3, [])

    seller.tax_registration = TaxRegistration.NONE
    seller.save()
    second, issued = run()

    assert (second.drafted, second.issued, second.stopped, len(issued)) == (0, 3, 0, 3)


def test_an_empty_month_waits_for_no_decision_on_tax() -> None:
    make.northwind(tax_registration=TaxRegistration.UNDECIDED)
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))

    bill_run, issued = run()

    assert (bill_run.drafted, bill_run.stopped, issued) == (1, 0, [])
    assert first_invoice(basil).state == InvoiceState.SKIPPED


def test_a_stopped_customer_starts_no_run_every_minute(three: list[Customer]) -> None:
    make.LegalEntity.objects.update(tax_registration=TaxRegistration.UNDECIDED)
    run()

    assert start_bill_run(as_of=DECEMBER_2, now=DECEMBER_2) is None


def test_a_chunk_that_arrives_twice_bills_once(three: list[Customer]) -> None:
    started = start_bill_run(as_of=DECEMBER_2, now=DECEMBER_2)
    assert started
    bill_run, (chunk,) = started

    first = bill_chunk(run_id=bill_run.pk, customer_ids=chunk, now=DECEMBER_2)
    again = bill_chunk(run_id=bill_run.pk, customer_ids=chunk, now=DECEMBER_2)

    assert (len(first), again) == (3, [])
    assert JournalEntry.objects.count() == 3
    bill_run.refresh_from_db()
    assert bill_run.issued == 3


def test_killed_between_closing_and_issuing_it_goes_on(
    three: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(**_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(billing, "issue_invoice", die)
        first, _ = run()
    assert (first.failed, first_invoice(three[0]).state) == (3, InvoiceState.DRAFT)

    second, issued = run()

    assert (second.drafted, second.issued, len(issued)) == (0, 3, 3)


def test_many_months_of_one_customer_are_billed_in_the_order_of_time() -> None:
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2025, 5, 1))
    sender = sender_of(basil)
    for month in ("2025-03", "2024-11", "2025-01"):
        call(sender, month, at=f"{month}-05T10:00:00Z")

    billed = bill_customer(customer_id=basil.pk, as_of=make.NOW)

    assert (billed.drafted, len(billed.issued)) == (6, 3)
    assert [(invoice.state, invoice.number) for invoice in invoices_of(basil)] == [
        ("issued", "INV-2024-000001"),
        ("skipped", None),
        ("issued", "INV-2025-000001"),
        ("skipped", None),
        ("issued", "INV-2025-000002"),
        ("skipped", None),
    ]


def test_a_sandbox_is_billed_by_its_clock_and_the_others_by_the_runs_time() -> None:
    acme = make.acme(clock_at=datetime(2024, 11, 30, tzinfo=UTC))
    make.contract(acme, plan=dollar_a_minute(), end=date(2024, 12, 1))
    assert start_bill_run(as_of=make.NOW, now=make.NOW) is None

    assert acme.test_clock
    acme.test_clock.now_at = datetime(2024, 12, 1, 5, tzinfo=UTC)
    acme.test_clock.save()

    assert start_bill_run(as_of=datetime(2024, 11, 1, tzinfo=UTC), now=make.NOW)


@pytest.mark.usefixtures("committed")
def test_two_workers_with_the_same_customer_bill_it_once_and_neither_fails() -> None:
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2025, 9, 1))
    sender = sender_of(basil)
    for month in ("2024-11", "2024-12", "2025-01", "2025-02", "2025-05", "2025-07"):
        call(sender, month, at=f"{month}-05T10:00:00Z")

    answers = at_once(
        *[partial(bill_customer, customer_id=basil.pk, as_of=make.NOW) for _ in range(3)]
    )

    assert sum(len(answer.issued) for answer in answers) == 6
    assert {invoice.state for invoice in invoices_of(basil)} == {"issued", "skipped"}
