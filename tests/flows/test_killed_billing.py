"""
A bill run that is killed anywhere and run again ends as if nothing had happened.

Real processes die by kill -9 between two steps of closing and issuing; what they leave is looked
at, then another run goes on.
"""

import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.models import Customer
from invoicing.models import BillRun
from invoicing.operations.refresh_customer import refresh_customer
from invoicing.queries.due import due_invoices
from tests.flows.billing_of_acme import (
    BILL,
    JANUARY_2,
    billed_on,
    fees_and_minutes,
    undisturbed,
)
from tests.flows.failing_processes import QUIET, killed_at
from tests.flows.processes import environ, manage, wait_for, worker
from tests.flows.test_workers import send
from tests.flows.written_books import broken_invariants, half_issued, written_books
from tests.refusals import sql

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]

# The opening invoice comes first: the second visits are those of November, which draws on a lot of
# units and on money. With the first period that is closed come those up to January, and their lots.
POINTS = (
    "closing.computed",
    "closing.amounts_written@2",
    "closing.verdicts_written@2",
    "upcoming.invoice_made@2",
    "upcoming.lot_granted@2",
    "closing.announced@2",
    "billing.drafted@2",
    "issuing.computed@2",
    "issuing.amounts_written@2",
    "issuing.verdicts_written@2",
    "issuing.invoice_posted@2",
    "issuing.credit_drawn@2",
    "issuing.credit_drawn@3",
    "issuing.numbered@2",
    "issuing.frozen@2",
    "billing.issued@2",
)


@pytest.fixture
def customer(tmp_path: Path) -> Customer:
    """Acme, on a plan with fees, minutes and free minutes, and $400 prepaid."""
    return fees_and_minutes(tmp_path)


def test_what_an_undisturbed_run_writes_is_rich_enough_to_compare(customer: Customer) -> None:
    books = billed_on(customer)

    assert [(row[0], row[3], row[4]) for row in books["invoices"]] == [
        ("opening", "issued", "INV-2024-000001"),
        ("period", "issued", "INV-2024-000002"),
        ("period", "issued", "INV-2025-000001"),
        ("period", "upcoming", None),
        ("period", "upcoming", None),
    ]
    drawn = [(row[8], row[0], row[6], row[7]) for row in books["grants"] if row[5] == "drawn"]
    assert sorted(drawn) == [
        ("INV-2024-000001", "paid", Decimal(-349), None),
        ("INV-2024-000002", "monthly", Decimal(0), Decimal(-80)),
        ("INV-2024-000002", "paid", Decimal(-51), None),
        ("INV-2025-000001", "monthly", Decimal(0), Decimal(-100)),
    ]
    assert [row[1] for row in books["grants"] if (row[0], row[5]) == ("monthly", "granted")] == [
        datetime(year, month, 1, hour, tzinfo=UTC)
        for year, month, hour in ((2024, 11, 5), (2024, 12, 6), (2025, 1, 6), (2025, 2, 6))
    ]
    assert broken_invariants() == []


@pytest.mark.parametrize("point", POINTS)
def test_killed_between_two_steps_and_billed_on_the_books_are_the_same(
    customer: Customer, point: str
) -> None:
    expected = undisturbed(customer)

    killed_at(point, *BILL)

    assert (half_issued(), broken_invariants()) == ([], [])
    assert due_invoices(as_of=JANUARY_2).exists()
    assert billed_on(customer) == expected
    assert broken_invariants() == []


def test_killed_again_and_again_the_books_are_the_same(customer: Customer) -> None:
    expected = undisturbed(customer)

    for point in ("upcoming.lot_granted", "billing.drafted", "issuing.credit_drawn",
                  "billing.issued", "issuing.numbered", "issuing.frozen"):  # fmt: skip
        killed_at(point, *BILL)
        assert (half_issued(), broken_invariants()) == ([], [])

    assert billed_on(customer) == expected


@pytest.fixture
def variables(committed: None) -> Iterator[dict[str, str]]:
    """The variables of a worker; what nobody takes is not left for the workers of other tests."""
    made = environ(BROKER_VISIBILITY_SECONDS="3", **QUIET)
    assert manage("install_broker", variables=made).returncode == 0
    yield made
    sql("SELECT pgmq.purge_queue(queue_name) FROM pgmq.list_queues()")


def test_what_a_killed_worker_had_in_hand_another_one_bills(
    customer: Customer, variables: dict[str, str], tmp_path: Path
) -> None:
    expected = undisturbed(customer)
    send("invoicing.bill_customers", _run(customer), [customer.pk], variables=variables)
    doomed, log = {**variables, "FAILPOINTS": "issuing.numbered:kill@2"}, tmp_path / "worker.log"

    with worker(variables=doomed, log=log) as first:
        wait_for(lambda: first.poll() is not None, what="nobody died", log=log)
    assert (first.returncode, half_issued()) == (-signal.SIGKILL, [])
    with worker(variables=variables, log=log):
        wait_for(lambda: not due_invoices(as_of=JANUARY_2).exists(), what="not billed", log=log)

    refresh_customer(customer_id=customer.pk, now=JANUARY_2)
    assert written_books() == expected


def _run(customer: Customer) -> int:
    """Return the id of a bill run of this customer alone."""
    return BillRun.objects.create(as_of=JANUARY_2, started_at=JANUARY_2, customers_due=1).pk
