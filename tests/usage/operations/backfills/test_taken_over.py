"""A chunk of a backfill is taken over at once, and each event is told what became of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer
from tests import factories as make
from tests.usage.backfills import closed, minutes, replacing
from usage.intake.sent_event import read_event
from usage.models import Backfill, Event, Source, StagedEvent, UsageReceipt
from usage.operations.amend_event import amend_event
from usage.operations.backfills.close_backfill import close_next, start_closing
from usage.operations.count_source_day import day_of_receipt
from usage.operations.void_event import void_event
from usage.queries.balance import balance_of

MANY = 20


@pytest.fixture
def acme(db: None) -> Customer:
    """A customer with twenty calls of a minute each."""
    make.ai_call_meter()
    customer = make.acme()
    bodies = [make.call_body(f"call-{number:02}", minutes=1) for number in range(MANY)]
    make.accepted(make.source(make.partner(customer)), bodies)
    return customer


def told() -> dict[str, tuple[str, str]]:
    """Return outcome and detail of each staged event."""
    rows = StagedEvent.objects.values_list("idempotency_key", "outcome", "detail")
    return {name: (outcome, detail) for name, outcome, detail in rows}


def statements_to_replace(first: int, end: int) -> int:
    calls = [make.call_body(f"call-{number:02}", minutes=3) for number in range(first, end)]
    backfill = replacing(*calls)
    start_closing(backfill_id=backfill.pk, now=make.NOW)
    with CaptureQueriesContext(connection) as asked:
        close_next(backfill_id=backfill.pk, now=make.NOW)
    assert [outcome for outcome, _ in told().values()] == ["replaced"] * len(calls)
    Backfill.objects.all().delete()
    return len(asked)


@pytest.mark.usefixtures("acme")
def test_many_are_replaced_by_as_many_statements_as_few() -> None:
    # What is looked up once for each process is known from now on.
    statements_to_replace(0, 2)

    assert statements_to_replace(4, MANY) == statements_to_replace(2, 4)


def test_one_that_cannot_be_replaced_costs_itself_alone(acme: Customer) -> None:
    backfill = closed(
        replacing(
            make.call_body("call-00", minutes=3),
            make.call_body("call-01", minutes=3, customer_id="nobody"),
            make.call_body("call-02", minutes=1),
            make.call_body("call-04", minutes=4),
        )
    )

    assert {name: outcome for name, (outcome, _) in told().items()} == {
        "call-00": "replaced", "call-01": "conflict", "call-02": "duplicate",
        "call-04": "replaced",
    }  # fmt: skip
    assert "nobody" in told()["call-01"][1]
    assert (backfill.replaced, backfill.conflicts, backfill.duplicates) == (2, 1, 1)
    assert (backfill.voided, minutes(acme)) == (MANY - 4, 3 + 1 + 1 + 4)
    received = UsageReceipt.objects.filter(channel="backfill").order_by("received")
    assert list(received.values_list("received", flat=True)) == [3, 4]
    source = Source.objects.get()
    balance = balance_of(source_id=source.pk, received_in=day_of_receipt(make.NOW.date()))
    assert list(balance.contradictions()) == []


def test_what_is_void_and_what_was_amended_is_dealt_with_beside_the_others(
    acme: Customer,
) -> None:
    events = {each.idempotency_key: each for each in Event.objects.all()}
    void_event(key=events["call-00"].key, reason="a test call", now=make.NOW)
    for name in ("call-01", "call-02"):
        body = read_event(make.call_body(name, minutes=5))
        amend_event(event=events[name], body=body, reason="wrong", now=make.NOW)

    closed(
        replacing(
            make.call_body("call-00", minutes=2),
            make.call_body("call-01", minutes=5),
            make.call_body("call-02", minutes=6),
            make.call_body("call-03", minutes=7),
            make.call_body("new", minutes=8),
        )
    )

    assert told() == {
        "call-00": ("accepted", ""), "call-01": ("duplicate", ""), "call-02": ("replaced", ""),
        "call-03": ("replaced", ""), "new": ("accepted", ""),
    }  # fmt: skip
    assert minutes(acme) == 2 + 5 + 6 + 7 + 8
