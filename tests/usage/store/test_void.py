"""A void event counts no more, from the snapshots on that show the void."""

from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Customer
from tests import factories as make
from tests.at_once import at_once
from usage.models import EventVoid, Source
from usage.store import store
from usage.store.interface import NewVoid, Voided
from values.period import Period

NOVEMBER = Period(datetime(2024, 11, 1, tzinfo=UTC), datetime(2024, 12, 1, tzinfo=UTC))


@pytest.fixture
def acme(committed: None) -> Customer:
    """Acme, whose usage is committed as it would be."""
    acme = make.acme()
    make.ai_call_meter()
    make.source(make.partner(acme))
    return acme


def sent(name: str, **fields: str) -> UUID:
    (outcome,) = make.accepted(Source.objects.get(), [make.call_body(name, **fields)])
    assert outcome.key
    return outcome.key


def void(key: UUID, reason: str = "sent by mistake") -> Voided:
    return store.void([NewVoid(key, reason)], voided_at=make.NOW)


def listed(customer: Customer, snapshot: str) -> list[str]:
    meter = make.ai_call_meter()
    return [
        event.idempotency_key
        for event in store.events(
            customer_id=customer.pk, meter_id=meter.pk, span=NOVEMBER, snapshot=snapshot
        )
    ]


def test_a_void_event_is_listed_where_the_snapshot_does_not_show_the_void(acme: Customer) -> None:
    wrong = sent("wrong")
    sent("right")
    before = store.snapshot()

    void(wrong)

    assert listed(acme, before) == ["right", "wrong"]
    assert listed(acme, store.snapshot()) == ["right"]


def test_the_first_void_stays(acme: Customer) -> None:
    key, other = sent("call-1"), uuid4()

    assert void(key) == Voided(new=frozenset({key}), known=frozenset(), missing=frozenset())
    assert store.void([NewVoid(key, "once more", replaced_by=other)], voided_at=make.NOW) == Voided(
        new=frozenset(), known=frozenset({key}), missing=frozenset()
    )

    made = EventVoid.objects.get()
    assert (made.reason, made.replaced_by, made.customer_id) == ("sent by mistake", None, acme.pk)


def test_two_voids_at_once_are_one(acme: Customer) -> None:
    key = sent("call-1")

    answers = at_once(*[partial(void, key)] * 3)

    assert sorted(len(answer.new) for answer in answers) == [0, 0, 1]
    assert EventVoid.objects.count() == 1


def test_what_is_not_stored_cannot_be_void(acme: Customer) -> None:
    waiting, unknown = sent("call-1", customer_id="nobody"), uuid4()

    voided = store.void([NewVoid(waiting, "why"), NewVoid(unknown, "why")], voided_at=make.NOW)

    assert voided.missing == {waiting, unknown}
    assert not EventVoid.objects.exists()


def test_a_void_event_is_still_known(acme: Customer) -> None:
    key = sent("call-1")
    void(key)

    (outcome,) = make.accepted(Source.objects.get(), [make.call_body("call-1")])

    assert (outcome.status, outcome.key) == ("duplicate", key)
    assert store.bodies([key])


@pytest.mark.parametrize("change", ["UPDATE usage_void SET reason = 'x'", "DELETE FROM usage_void"])
def test_a_void_never_changes(acme: Customer, change: str) -> None:
    void(sent("call-1"))

    with pytest.raises(DatabaseError, match="events do not change"), transaction.atomic():
        connection.cursor().execute(change)
