"""A backfill counts nothing before it is closed, then once and as a whole, and can be undone."""

import json
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Customer
from tests import factories as make
from tests.flows.failing_processes import killed_at
from tests.flows.processes import environ, manage
from tests.usage.backfills import NOVEMBER, closed, undone
from usage.intake.sent_event import read_event
from usage.models import (
    Backfill,
    BackfillState,
    Event,
    EventVoid,
    QuarantinedEvent,
    Reading,
    Source,
    StagedEvent,
    UsageReceipt,
)
from usage.operations.accept_events import accept_events
from usage.operations.accepting.outcome import Outcome
from usage.operations.amend_event import amend_event
from usage.operations.backfills import close_backfill
from usage.operations.backfills.close_backfill import close_next, start_closing
from usage.operations.backfills.open_backfill import (
    AnotherIsOpen,
    NotInThatState,
    discard_backfill,
    open_backfill,
)
from usage.operations.backfills.stage_events import stage_events
from usage.operations.backfills.undo_backfill import start_undoing, undo_next
from usage.operations.count_source_day import day_of_receipt
from usage.operations.void_event import void_event
from usage.queries.backfills import customers_of_backfill
from usage.queries.balance import balance_of
from usage.queries.unsettled import unsettled_by
from values.period import Period


@pytest.fixture
def acme(db: None) -> Customer:
    """A customer with two calls of five minutes: one right, one that never was."""
    make.ai_call_meter()
    customer = make.acme()
    make.accepted(
        make.source(make.partner(customer)), [make.call_body("right"), make.call_body("never")]
    )
    return customer


def opened(**fields: Any) -> Backfill:
    wanted = {
        "source": Source.objects.get(), "customer": None, "span": NOVEMBER, "event_name": "",
        "replaces_existing": False, "reason": "lost log", "now": make.NOW, **fields,
    }  # fmt: skip
    return open_backfill(**wanted)


def staged(backfill: Backfill, *bodies: dict[str, Any]) -> list[Outcome]:
    items = [read_event(body) for body in bodies]
    return stage_events(backfill_id=backfill.pk, items=items, now=make.NOW)


def standing() -> list[tuple[str, int]]:
    """Return (idempotency key, minutes) of the events that count."""
    void = EventVoid.objects.values("key")
    events = Event.objects.exclude(key__in=void).order_by("idempotency_key")
    return [
        (each.idempotency_key, json.loads(each.sent)["properties"]["duration_minutes"])
        for each in events
    ]


def test_a_partner_replaces_nothing_of_a_customer_that_is_theirs_no_more(acme: Customer) -> None:
    partner = acme.partners.get()
    basil = make.basil(is_sandbox=acme.is_sandbox)
    basil.partners.add(partner)
    make.accepted(Source.objects.get(), [make.call_body("other", customer_id="basil")])
    acme.partners.remove(partner)
    key, _ = make.api_key(partner)
    backfill = opened(replaces_existing=True, opened_with=key)
    staged(backfill, make.call_body("right", minutes=9, customer_id="basil"))

    done = closed(backfill)

    assert standing() == [("never", 5), ("right", 5)]
    assert (done.conflicts, done.replaced, done.voided) == (1, 0, 1)
    assert set(EventVoid.objects.values_list("customer_id", flat=True)) == {basil.pk}


def test_staff_replace_them(acme: Customer) -> None:
    partner = acme.partners.get()
    basil = make.basil(is_sandbox=acme.is_sandbox)
    basil.partners.add(partner)
    acme.partners.remove(partner)
    backfill = opened(replaces_existing=True)
    staged(backfill, make.call_body("right", minutes=9, customer_id="basil"))

    assert closed(backfill).replaced == 1
    assert standing() == [("right", 9)]


def test_staged_events_count_nothing_and_are_told_apart(acme: Customer) -> None:
    backfill = opened()

    first = staged(
        backfill, make.call_body("a"), make.call_body("a"), make.call_body("a", minutes=9)
    )
    again = staged(backfill, make.call_body("a"), make.call_body("b", customer_id="nobody"))

    assert [each.status for each in first] == ["accepted", "duplicate", "conflict"]
    assert [each.status for each in again] == ["duplicate", "quarantined"]
    assert standing() == [("never", 5), ("right", 5)]
    backfill.refresh_from_db()
    assert (backfill.staged, StagedEvent.objects.count()) == (2, 2)


@pytest.mark.parametrize(
    "fields, pointer",
    [
        ({"occurred_at": None}, "/occurred_at"),
        ({"occurred_at": "2024-12-01T00:00:00Z"}, "/occurred_at"),
        ({"event_name": "text"}, "/event_name"),
        ({"customer_id": "nobody"}, "/customer_id"),
    ],
)
def test_what_is_not_of_its_time_and_filter_is_rejected(
    acme: Customer, fields: dict[str, Any], pointer: str
) -> None:
    backfill = opened(customer=acme, event_name="ai_call")

    (outcome,) = staged(backfill, make.call_body(**{"key": "a", **fields}))

    assert [fault.pointer for fault in outcome.faults] == [pointer]
    assert not StagedEvent.objects.exists()


def test_closing_adds_its_events_once(acme: Customer) -> None:
    backfill = opened()
    staged(
        backfill, make.call_body("right"), make.call_body("new"), make.call_body("never", minutes=9)
    )

    backfill = closed(backfill)

    assert backfill.state == BackfillState.CLOSED
    assert (backfill.accepted, backfill.duplicates, backfill.conflicts) == (1, 1, 1)
    assert standing() == [("never", 5), ("new", 5), ("right", 5)]


def test_what_replaces_is_all_there_was(acme: Customer) -> None:
    backfill = opened(replaces_existing=True)
    staged(backfill, make.call_body("right", minutes=9), make.call_body("new"))

    backfill = closed(backfill)

    assert (backfill.accepted, backfill.replaced, backfill.voided) == (1, 1, 1)
    assert standing() == [("new", 5), ("right", 9)]
    reasons = set(EventVoid.objects.values_list("reason", flat=True))
    assert reasons == {f"backfill {backfill.public_id}: lost log"}


def test_undone_all_is_as_before(acme: Customer) -> None:
    backfill = opened(replaces_existing=True)
    staged(backfill, make.call_body("right", minutes=9), make.call_body("new"),
           make.call_body("lost", customer_id="nobody"))  # fmt: skip
    closed(backfill)

    backfill = undone(backfill)

    assert backfill.state == BackfillState.UNDONE
    assert standing() == [("never", 5), ("right", 5)]
    assert not QuarantinedEvent.objects.filter(resolved_at=None).exists()
    balance = balance_of(source_id=backfill.source_id, received_in=day_of_receipt(make.NOW.date()))
    assert list(balance.contradictions()) == []


def test_after_an_undone_backfill_another_may_bring_the_same_events(acme: Customer) -> None:
    first = opened()
    staged(first, make.call_body("new"))
    closed(first)
    undone(first)

    second = opened()
    staged(second, make.call_body("new"))
    closed(second)

    assert standing() == [("never", 5), ("new", 5), ("right", 5)]


@pytest.mark.parametrize(
    "fields, is_apart",
    [
        ({}, False),
        ({"event_name": "ai_call"}, False),
        ({"span": Period(NOVEMBER.end, NOVEMBER.end + timedelta(days=1))}, True),
    ],
)
def test_two_may_not_be_open_for_one_time_and_filter(
    acme: Customer, fields: dict[str, Any], is_apart: bool
) -> None:
    opened()
    if is_apart:
        assert opened(**fields).state == BackfillState.OPEN
        return
    with pytest.raises(AnotherIsOpen):
        opened(**fields)


def test_other_event_names_and_customers_are_apart(acme: Customer) -> None:
    opened(event_name="ai_call", customer=acme)

    opened(event_name="text", customer=acme)
    opened(event_name="ai_call", customer=make.basil(is_sandbox=True))

    assert Backfill.objects.count() == 3


def test_a_discarded_one_is_gone_and_takes_nothing_more(acme: Customer) -> None:
    backfill = opened()
    staged(backfill, make.call_body("new"))

    discard_backfill(backfill_id=backfill.pk, now=make.NOW)

    assert not StagedEvent.objects.exists()
    with pytest.raises(NotInThatState):
        staged(backfill, make.call_body("new"))
    with pytest.raises(NotInThatState):
        start_closing(backfill_id=backfill.pk, now=make.NOW)
    opened()


def test_many_are_taken_over_chunk_by_chunk(
    acme: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(close_backfill, "CHUNK", 2)
    backfill = opened(replaces_existing=True)
    staged(backfill, *(make.call_body(f"n{number}") for number in range(5)))

    backfill = closed(backfill)

    assert (backfill.accepted, backfill.voided) == (5, 2)
    assert UsageReceipt.objects.filter(channel="backfill").count() == 3


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize(
    "point", ["backfill.stored", "backfill.done", "backfill.committed", "backfill.done@2",
              "backfill.committed@2"]
)  # fmt: skip
def test_killed_anywhere_and_run_again_each_event_is_taken_once(
    request: pytest.FixtureRequest, point: str
) -> None:
    request.getfixturevalue("acme")
    backfill = opened(replaces_existing=True)
    staged(backfill, make.call_body("right", minutes=9), make.call_body("new"))
    start_closing(backfill_id=backfill.pk, now=make.NOW)

    killed_at(point, "usage_backfill", "walk", backfill.public_id)
    again = manage("usage_backfill", "walk", backfill.public_id, variables=environ())

    assert again.returncode == 0, again.stderr
    backfill.refresh_from_db()
    assert backfill.state == BackfillState.CLOSED
    assert (backfill.accepted, backfill.replaced, backfill.voided) == (1, 1, 1)
    assert standing() == [("new", 5), ("right", 9)]


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("point", ["backfill.undone", "backfill.undone@2", "backfill.undone@3"])
def test_killed_while_it_is_undone_and_run_again_all_is_as_it_was(
    request: pytest.FixtureRequest, point: str
) -> None:
    request.getfixturevalue("acme")
    backfill = opened(replaces_existing=True)
    staged(backfill, make.call_body("right", minutes=9), make.call_body("new"))
    closed(backfill)
    start_undoing(backfill_id=backfill.pk, now=make.NOW)

    killed_at(point, "usage_backfill", "walk", backfill.public_id)
    again = manage("usage_backfill", "walk", backfill.public_id, variables=environ())

    assert again.returncode == 0, again.stderr
    backfill.refresh_from_db()
    assert backfill.state == BackfillState.UNDONE
    assert standing() == [("never", 5), ("right", 5)]


def amended(name: str, *, minutes: int) -> None:
    """Amend what stands under an idempotency key."""
    void = EventVoid.objects.values("key")
    event = Event.objects.exclude(key__in=void).get(idempotency_key=name)
    body = read_event(make.call_body(name, minutes=minutes))
    assert amend_event(event=event, body=body, reason="wrong", now=make.NOW).status == "accepted"


def test_while_it_is_undone_all_whom_it_touched_are_told_apart(acme: Customer) -> None:
    basil = make.customer("basil", "Basil", is_sandbox=True, test_clock=acme.test_clock)
    carla = make.customer("carla", "Carla", is_sandbox=True, test_clock=acme.test_clock)
    Source.objects.get().partner.customers.add(basil, carla)
    backfill = opened()
    staged(backfill, make.call_body("new"))
    closed(backfill)
    body = read_event(make.call_body("new", customer_id="basil"))
    amend_event(
        event=Event.objects.get(idempotency_key="new"), body=body, reason="his", now=make.NOW
    )

    def touched() -> list[str]:
        everybody = Customer.objects.order_by("name")
        return [each.name for each in everybody if unsettled_by(customer=each, before=make.NOW)]

    assert touched() == []
    start_undoing(backfill_id=backfill.pk, now=make.NOW)
    assert touched() == ["Acme Support Co", "Basil"]
    undo_next(backfill_id=backfill.pk, now=make.NOW)
    assert touched() == ["Acme Support Co", "Basil"]
    undone(backfill)
    assert touched() == []


def test_undone_it_takes_what_was_amended_since_and_returns_the_original(acme: Customer) -> None:
    backfill = opened(replaces_existing=True)
    staged(backfill, make.call_body("right", minutes=9), make.call_body("new"))
    closed(backfill)
    amended("right", minutes=7)
    amended("right", minutes=8)
    amended("new", minutes=6)

    undone(backfill)

    assert standing() == [("never", 5), ("right", 5)]


def test_undone_it_does_not_return_what_its_sender_took_back_since(acme: Customer) -> None:
    backfill = opened(replaces_existing=True)
    staged(backfill, make.call_body("right", minutes=9))
    closed(backfill)
    replacement = StagedEvent.objects.get().stored_key
    assert replacement is not None
    void_event(key=replacement, reason="a test call", now=make.NOW)

    undone(backfill)

    assert standing() == [("never", 5)]


def test_what_returns_is_what_was_counted_not_what_would_be_today(acme: Customer) -> None:
    backfill = opened(replaces_existing=True)
    staged(backfill, make.call_body("new"))
    closed(backfill)
    before = list(Reading.objects.order_by("quantity").values_list("customer", "quantity"))
    acme.partners.clear()

    backfill = undone(backfill)

    assert standing() == [("never", 5), ("right", 5)]
    assert backfill.put_back == 2
    readings = Reading.objects.exclude(key__in=EventVoid.objects.values("key"))
    assert list(readings.values_list("customer", "quantity")) == before[:2]


def test_what_is_amended_or_comes_while_it_closes_stays(acme: Customer) -> None:
    backfill = opened(replaces_existing=True)
    staged(backfill, make.call_body("new"))
    start_closing(backfill_id=backfill.pk, now=make.NOW)
    close_next(backfill_id=backfill.pk, now=make.NOW)
    amended("new", minutes=9)
    later = make.NOW + timedelta(seconds=1)
    accept_events(source=backfill.source, items=[read_event(make.call_body("live"))], now=later)

    while close_next(backfill_id=backfill.pk, now=later):
        pass

    assert standing() == [("live", 5), ("new", 9)]


@pytest.mark.parametrize("replaces_existing", [False, True])
def test_what_was_taken_back_returns_only_where_all_is_replaced(
    acme: Customer, replaces_existing: bool
) -> None:
    never = Event.objects.get(idempotency_key="never")
    void_event(key=never.key, reason="a test call", now=make.NOW)
    backfill = opened(replaces_existing=replaces_existing)
    staged(backfill, make.call_body("right"), make.call_body("never"))

    backfill = closed(backfill)

    told = StagedEvent.objects.get(idempotency_key="never")
    if replaces_existing:
        assert standing() == [("never", 5), ("right", 5)]
    else:
        assert standing() == [("right", 5)]
        assert (told.outcome, told.detail) == ("conflict", "void: a test call")


def test_its_customers_are_those_of_its_own_events_and_voids(acme: Customer) -> None:
    backfill = opened(replaces_existing=True)
    staged(backfill, make.call_body("right", minutes=9))
    backfill = closed(backfill)
    basil = make.basil(is_sandbox=True)
    make.accepted(
        make.source(make.partner(basil, name="Other")),
        [make.call_body("other", customer_id="basil")],
    )

    assert customers_of_backfill(backfill=backfill) == {acme.pk}
