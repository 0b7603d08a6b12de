"""A new event stands in for a stored one: both at once, once, and told apart when repeated."""

from typing import Any
from uuid import UUID

import pytest

from accounts.models import Customer
from tests import factories as make
from usage.intake.revised_key import revised_key
from usage.intake.sent_event import read_event
from usage.models import Channel, Event, EventVoid, QuarantinedEvent, Source, UsageReceipt
from usage.operations.accepting.outcome import Outcome
from usage.operations.count_source_day import day_of_receipt
from usage.operations.replay_quarantined import replay_quarantined
from usage.operations.revise_events import Revision, revise_events
from usage.operations.void_event import void_event
from usage.queries.balance import balance_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def callwave() -> Source:
    """A partner of Acme that sent one call of five minutes."""
    sender = make.source(make.partner(make.acme()))
    make.ai_call_meter()
    make.accepted(sender, [make.call_body("call")])
    return sender


def revise(sender: Source, key: UUID, *, may_wait: bool = True, **fields: Any) -> Outcome:
    event = read_event(make.call_body("call", **fields))
    (outcome,) = revise_events(
        source=sender,
        revisions=[Revision(key, event)],
        reason="mended",
        now=make.NOW,
        may_wait=may_wait,
    )
    return outcome


def test_the_new_event_is_stored_and_the_old_one_void(callwave: Source) -> None:
    key = Event.objects.get().key

    outcome = revise(callwave, key, minutes=9)

    assert (outcome.status, outcome.key) == ("accepted", revised_key(key))
    void = EventVoid.objects.get()
    assert (void.key, void.replaced_by, void.reason) == (key, revised_key(key), "mended")
    assert Event.objects.count() == 2


def test_the_same_again_is_a_duplicate_and_another_a_conflict(callwave: Source) -> None:
    key = Event.objects.get().key
    revise(callwave, key, minutes=9)

    again, other = revise(callwave, key, minutes=9), revise(callwave, key, minutes=7)

    assert (again.status, again.key) == ("duplicate", revised_key(key))
    assert (other.status, other.key) == ("conflict", revised_key(key))
    assert '"duration_minutes":7' in (other.sent or "")
    assert '"duration_minutes":9' in (other.stored or "")
    assert Event.objects.count() == 2


def test_a_repeated_revision_is_a_duplicate_although_its_customer_is_gone(
    callwave: Source,
) -> None:
    key = Event.objects.get().key
    revise(callwave, key, minutes=9)
    callwave.partner.customers.clear()

    assert revise(callwave, key, may_wait=False, minutes=9).status == "duplicate"


def test_a_replacement_can_be_replaced(callwave: Source) -> None:
    key = Event.objects.get().key
    first = revise(callwave, key, minutes=9)
    assert first.key

    second = revise(callwave, first.key, minutes=7)

    assert second.status == "accepted"
    assert EventVoid.objects.count() == 2
    assert Event.objects.count() == 3


def test_one_that_nobody_holds_waits_and_is_replayed_under_its_own_key(
    callwave: Source,
) -> None:
    key = Event.objects.get().key
    outcome = revise(callwave, key, customer_id="+1555")
    waiting = QuarantinedEvent.objects.get()
    assert (outcome.status, waiting.key) == ("quarantined", revised_key(key))
    Customer.objects.get().subjects.create(
        kind="number", identifier="+1555", held_from=make.NOVEMBER_1
    )

    replayed = replay_quarantined(key=waiting.key, now=make.NOW)

    assert replayed.status == "accepted"
    assert set(Event.objects.values_list("key", flat=True)) == {key, revised_key(key)}


def test_one_that_may_not_wait_is_rejected_and_changes_nothing(callwave: Source) -> None:
    key = Event.objects.get().key

    outcome = revise(callwave, key, may_wait=False, customer_id="nobody")

    assert [(fault.pointer, fault.code) for fault in outcome.faults] == [
        ("/customer_id", "unknown_customer")
    ]
    assert not EventVoid.objects.exists()


def test_what_is_void_or_not_stored_is_rejected(callwave: Source) -> None:
    key = Event.objects.get().key
    void_event(key=key, reason="a test", now=make.NOW)

    void, unknown = revise(callwave, key, minutes=9), revise(callwave, UUID(int=7))

    assert [fault.code for fault in void.faults] == ["void"]
    assert [fault.code for fault in unknown.faults] == ["not_stored"]
    assert Event.objects.count() == 1


def test_both_sums_hold_and_the_receipt_says_correction(callwave: Source) -> None:
    key = Event.objects.get().key
    revise(callwave, key, minutes=9)
    revise(callwave, key, minutes=9)

    balance = balance_of(source_id=callwave.pk, received_in=day_of_receipt(make.NOW.date()))

    assert list(balance.contradictions()) == []
    assert (balance.received.accepted, balance.received.duplicates) == (2, 1)
    assert UsageReceipt.objects.filter(channel=Channel.CORRECTION).count() == 2
