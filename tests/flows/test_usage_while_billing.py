"""
Usage that arrives while its invoice is made is on the invoice or named as late, never both.

Real processes bill and are halted between two steps; a partner's program sends usage to the API
meanwhile, and reads what became of it there. Documents are no part of it: the processes are killed
when the invoice is issued.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from accounts.columns import exact
from accounts.models import Customer, KeyMode
from invoicing.models import Invoice, InvoiceState
from invoicing.operations.bill_customer import Billed, bill_customer
from invoicing.operations.close_invoice import close_invoice
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.at_once import at_once, uncommitted
from tests.caller import Caller
from tests.flows.billed_book import stored_book
from tests.flows.failing_processes import halted_at, killed
from tests.flows.written_books import broken_invariants
from tests.invoicing.agreements import call, dollar_a_minute, first_invoice, sender_of
from tests.plan_file.law_books import LAW_BOOKS, ticket
from usage.models import Source

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]

NOVEMBER_15 = datetime(2024, 11, 15, tzinfo=UTC)
DECEMBER_2 = datetime(2024, 12, 2, 12, tzinfo=UTC)
DECEMBER_3 = datetime(2024, 12, 3, tzinfo=UTC)
DECEMBER_5 = datetime(2024, 12, 5, tzinfo=UTC)
BILL = ("bill", "--as-of", DECEMBER_3.isoformat())
NOVEMBER_9 = "2024-11-09T10:00:00Z"

# Usage is counted a first time when the period is closed, and once more when it is issued.
CLOSING = ("computing.snapshot_taken", "closing.announced")
ISSUING = ("computing.snapshot_taken@2", "issuing.verdicts_written", "issuing.frozen")


@pytest.fixture
def basil() -> Customer:
    """Basil pays a dollar a minute in November; his invoices fall due at its end."""
    buyer = make.basil()
    make.contract(buyer, plan=dollar_a_minute(), end=date(2024, 12, 1))
    return buyer


@pytest.fixture
def program(basil: Customer) -> Caller:
    """The program of a partner who sends Basil's calls."""
    sender = sender_of(basil)
    return Caller(make.api_key(sender.partner, mode=KeyMode.LIVE)[1])


def sent(program: Caller, key: str) -> None:
    body = make.call_body(key, customer_id="basil", minutes=1, occurred_at=NOVEMBER_9)
    assert program.post("/events", body).status_code == 201


def fates(program: Caller, basil: Customer) -> dict[str, list[str]]:
    """Return the keys of all events by what the API says became of them, when all is settled."""
    refresh_customer(customer_id=basil.pk, now=make.NOW)
    found: dict[str, list[str]] = {}
    for event in program.get("/events", {"limit": 200}).json()["data"]:
        (meter,) = program.get(f"/events/{event['id']}").json()["meters"]
        found.setdefault(meter["verdict"], []).append(event["idempotency_key"])
    return {verdict: sorted(keys) for verdict, keys in found.items()}


def billed_keys(program: Caller, invoice: Invoice) -> list[str]:
    """Return the keys of the events that the API shows behind the one line of an invoice."""
    (line,) = program.get(f"/invoices/{invoice.public_id}").json()["lines"]
    path = f"/invoices/{invoice.public_id}/lines/{line['id']}/events"
    listed = [
        event["idempotency_key"] for event in program.get(path, {"limit": 200}).json()["data"]
    ]
    assert Decimal(line["quantity"]) == len(listed)
    return sorted(listed)


@pytest.mark.parametrize("point", CLOSING)
def test_what_comes_while_a_period_is_closed_is_on_its_invoice(
    program: Caller, basil: Customer, point: str
) -> None:
    sent(program, "before")

    with halted_at(point, *BILL, then_killed_at="billing.issued"):
        sent(program, "while closing")

    assert first_invoice(basil).state == InvoiceState.ISSUED
    assert fates(program, basil) == {"rated": ["before", "while closing"]}
    assert billed_keys(program, first_invoice(basil)) == ["before", "while closing"]


@pytest.mark.parametrize("point", ISSUING)
def test_what_comes_while_an_invoice_is_issued_is_late(
    program: Caller, basil: Customer, point: str
) -> None:
    sent(program, "before")

    with halted_at(point, *BILL, then_killed_at="billing.issued"):
        sent(program, "while issuing")

    assert fates(program, basil) == {"rated": ["before"], "late": ["while issuing"]}
    assert billed_keys(program, first_invoice(basil)) == ["before"]
    assert broken_invariants() == []


def test_what_came_while_a_killed_worker_issued_is_on_the_invoice(
    program: Caller, basil: Customer
) -> None:
    sent(program, "before")
    with halted_at("issuing.frozen", *BILL) as worker:
        sent(program, "while issuing")
        killed(worker)

    bill_customer(customer_id=basil.pk, as_of=DECEMBER_3)

    assert fates(program, basil) == {"rated": ["before", "while issuing"]}
    assert billed_keys(program, first_invoice(basil)) == ["before", "while issuing"]


def test_what_was_sent_before_and_committed_after_is_late(program: Caller, basil: Customer) -> None:
    sender = sender_of(basil)
    sent(program, "before")
    # Begun before the invoice is computed, committed after it is issued: its number is the lower.
    with uncommitted(partial(call, sender, "under way", at=NOVEMBER_9, minutes=1)):
        sent(program, "in between")
        bill_customer(customer_id=basil.pk, as_of=DECEMBER_3)
        assert first_invoice(basil).state == InvoiceState.ISSUED

    assert fates(program, basil) == {"rated": ["before", "in between"], "late": ["under way"]}
    assert billed_keys(program, first_invoice(basil)) == ["before", "in between"]


def test_of_a_stream_that_never_stops_each_event_is_billed_or_late(
    program: Caller, basil: Customer
) -> None:
    def stream(name: str) -> None:
        for number in range(25):
            sent(program, f"{name}-{number:02}")

    sent(program, "before")
    senders = [partial(stream, name) for name in ("anna", "bruno", "clio")]
    at_once(*senders, partial(bill_customer, customer_id=basil.pk, as_of=DECEMBER_3))

    found = fates(program, basil)
    billed, late = found["rated"], found.get("late", [])
    streamed = [f"{name}-{number:02}" for name in ("anna", "bruno", "clio") for number in range(25)]
    assert sorted([*billed, *late]) == sorted(["before", *streamed])
    assert billed_keys(program, first_invoice(basil)) == billed
    assert broken_invariants() == []


def test_a_last_success_that_comes_before_the_issue_keeps_the_invoice_open_for_its_window(
    tmp_path: Path,
) -> None:
    tickets = LAW_BOOKS["outcomes"] | {"events": [ticket("resolved", 2, 1)]}
    tickets["customers"] = [{**tickets["customers"][0], "contracts": [
        {"plan": "plan", "start": "2024-11-01", "end": "2024-12-01"}]}]  # fmt: skip
    buyer = stored_book(tickets, tmp_path, now=NOVEMBER_15)
    last = first_invoice(buyer)
    close_invoice(invoice_id=last.pk, now=DECEMBER_2)

    for event in (ticket("resolved", 30, 9), ticket("reopened", 32, 9)):
        body = {**event, "customer_id": event["customer"]}
        del body["customer"]
        make.accepted(Source.objects.get(), [body], now=DECEMBER_2)
        assert bill_customer(customer_id=buyer.pk, as_of=DECEMBER_2) == Billed(0, (), 0)

    draft = first_invoice(buyer)
    assert (draft.state, draft.closes_at) == ("draft", datetime(2024, 12, 3, 17, tzinfo=UTC))
    bill_customer(customer_id=buyer.pk, as_of=DECEMBER_5)
    issued = first_invoice(buyer)
    assert (issued.state, exact(issued.total)) == ("issued", Decimal("0.80"))
