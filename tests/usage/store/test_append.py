"""Each key once, whoever sends it and however often."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Customer
from tests import factories as make
from tests.at_once import at_once, elsewhere, uncommitted
from usage.intake.sent_event import event_key_of
from usage.models import Event, EventKey, Reading
from usage.operations.dimension_sets import dimension_set_ids
from usage.store import store
from usage.store.interface import Appended, NewEvent, NewReading
from usage.store.partitions import ensure_months

NOVEMBER_5 = datetime(2024, 11, 5, 10, tzinfo=UTC)


class Killed(RuntimeError):
    """The worker dies here."""


class Sender:
    """Makes rows of events for one customer and meter."""

    def __init__(self) -> None:
        self.customer: Customer = make.acme()
        self.source = make.source(make.partner(self.customer))
        self.meter = make.ai_call_meter()
        self.dimensions = dimension_set_ids([(self.meter.pk, "{}")])[self.meter.pk, "{}"]
        ensure_months([NOVEMBER_5])

    def event(self, name: str, *, minutes: str = "5", fingerprint: int = 1) -> NewEvent:
        reading = NewReading(self.meter.pk, self.dimensions, Decimal(minutes))
        return NewEvent(
            key=event_key_of(self.source.pk, name),
            fingerprint=fingerprint,
            source_id=self.source.pk,
            customer_id=self.customer.pk,
            occurred_at=NOVEMBER_5,
            event_name="ai_call",
            idempotency_key=name,
            sent="{}",
            readings=(reading,),
        )


def append(events: Sequence[NewEvent]) -> Appended:
    with transaction.atomic():
        return store.append(events, received_at=make.NOW)


def stored() -> tuple[int, int, int]:
    return EventKey.objects.count(), Event.objects.count(), Reading.objects.count()


@pytest.mark.usefixtures("committed")
def test_two_writers_of_the_same_keys_in_opposite_orders_store_each_once() -> None:
    sender = Sender()
    events = [sender.event(f"call-{number}") for number in range(400)]
    shuffled = random.Random(7).sample(events, len(events))

    answers = at_once(
        partial(append, events), partial(append, events[::-1]), partial(append, shuffled)
    )

    assert sum(len(answer.new) for answer in answers) == 400
    assert all(len(answer.new) + len(answer.known) == 400 for answer in answers)
    assert stored() == (400, 400, 400)


@pytest.mark.usefixtures("committed")
def test_overlapping_batches_share_the_keys_between_them() -> None:
    sender = Sender()
    events = [sender.event(f"call-{number}") for number in range(300)]

    first, second = at_once(partial(append, events[:200]), partial(append, events[:99:-1]))

    assert not first.new & second.new
    assert first.new | second.new == {event.key for event in events}
    assert stored() == (300, 300, 300)


@pytest.mark.usefixtures("committed")
def test_large_batches_that_overlap_share_the_keys_between_them() -> None:
    sender = Sender()
    events = [sender.event(f"call-{number}") for number in range(3_000)]
    parts = [events[:1_700], events[:500:-1], events[1_000:2_400] + events[200:300]]

    answers = at_once(*(partial(append, part) for part in parts))

    assert sum(len(answer.new) for answer in answers) == 3_000
    assert [len(answer.new) + len(answer.known) for answer in answers] == [1_700, 2_499, 1_500]
    assert stored() == (3_000, 3_000, 3_000)


@pytest.mark.usefixtures("committed")
def test_a_large_batch_with_one_known_key_stores_the_others() -> None:
    sender = Sender()
    events = [sender.event(f"call-{number}") for number in range(1_200)]
    append(events[700:701])

    answer = append(events)

    assert answer.known == {events[700].key: 1}
    assert len(answer.new) == 1_199
    assert stored() == (1_200, 1_200, 1_200)


@pytest.mark.usefixtures("committed")
def test_a_large_batch_waits_for_a_writer_that_has_one_of_its_keys() -> None:
    sender = Sender()
    events = [sender.event(f"call-{number}", fingerprint=7) for number in range(1_200)]

    with ThreadPoolExecutor(1) as threads:
        with uncommitted(partial(append, events[3:4])):
            waiting = threads.submit(elsewhere, partial(append, events))
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        answer = waiting.result(timeout=30)

    assert answer.known == {events[3].key: 7}
    assert stored() == (1_200, 1_200, 1_200)


@pytest.mark.usefixtures("committed")
def test_a_writer_waits_for_another_with_its_key_and_then_knows_it() -> None:
    sender = Sender()
    event = sender.event("call-1", fingerprint=11)
    again = sender.event("call-1", fingerprint=22)

    with uncommitted(partial(append, [event])):
        assert EventKey.objects.count() == 0
    answer = append([again])

    assert answer == Appended(new=frozenset(), known={event.key: 11})


@pytest.mark.usefixtures("committed")
def test_a_killed_transaction_takes_its_keys_and_events_with_it() -> None:
    sender = Sender()
    event = sender.event("call-1")

    def die() -> None:
        with transaction.atomic():
            store.append([event], received_at=make.NOW)
            raise Killed

    with pytest.raises(Killed):
        elsewhere(die)

    assert stored() == (0, 0, 0)
    assert append([event]).new == {event.key}
    assert stored() == (1, 1, 1)


@pytest.mark.django_db
def test_an_event_without_a_customer_takes_its_key_alone() -> None:
    sender = Sender()
    waiting = NewEvent(
        key=event_key_of(sender.source.pk, "call-1"),
        fingerprint=1,
        source_id=sender.source.pk,
        customer_id=None,
        occurred_at=NOVEMBER_5,
        event_name="ai_call",
        idempotency_key="call-1",
        sent="{}",
    )

    assert append([waiting]).new == {waiting.key}
    assert stored() == (1, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["usage_key", "usage_record", "usage_event", "usage_reading"])
@pytest.mark.parametrize("change", ["UPDATE {} SET key = gen_random_uuid()", "DELETE FROM {}"])
def test_what_is_stored_never_changes(table: str, change: str) -> None:
    sender = Sender()
    append([sender.event("call-1")])

    with pytest.raises(DatabaseError, match="events do not change"), transaction.atomic():
        connection.cursor().execute(change.format(table))

    assert stored() == (1, 1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("quantity", ["NaN", "Infinity", "-Infinity"])
def test_a_reading_is_a_number(quantity: str) -> None:
    sender = Sender()

    with pytest.raises(Exception, match="usage_record_quantity_check"):
        append([sender.event("call-1", minutes=quantity)])
