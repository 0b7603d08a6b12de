"""An event leaves quarantine once, as soon as its cause is gone."""

from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from accounts.models import Customer
from invoicing.models import Invoice
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.at_once import errors_at_once, no_waiting, uncommitted, until_another_waits
from usage.models import Event, EventKey, QuarantinedEvent, Reading, Source, UsageArrival
from usage.operations.changing_hands import attribute
from usage.operations.move_subject import FOR_EVER, NamedSpan, start_moves
from usage.operations.replay_quarantined import (
    NotInQuarantine,
    replay_quarantined,
    replay_waiting,
)
from values.period import Period

pytestmark = pytest.mark.django_db

DECEMBER_1 = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def callwave() -> Source:
    """A partner of Acme; nothing is counted yet."""
    return make.source(make.partner(make.acme()))


def waiting(sender: Source, **fields: Any) -> UUID:
    """Return the key of a call that went to quarantine."""
    (outcome,) = make.accepted(sender, [make.call_body("call-1", **fields)])
    assert outcome.status == "quarantined"
    assert outcome.key
    return outcome.key


def test_an_event_is_billed_once_its_meter_is_there(callwave: Source) -> None:
    key = waiting(callwave)
    make.contract(Customer.objects.get())
    UsageArrival.objects.all().delete()

    outcome = replay_quarantined(key=key, now=DECEMBER_1)

    assert (outcome.status, outcome.key, outcome.idempotency_key) == ("accepted", key, "call-1")
    assert Event.objects.get().received_at == make.NOW
    assert Reading.objects.get().quantity == 5
    assert QuarantinedEvent.objects.get().resolved_at == DECEMBER_1
    refresh_customer(customer_id=callwave.partner.customers.get().pk, now=DECEMBER_1)
    assert Invoice.objects.order_by("period_start")[0].lines.get().quantity == 5


def test_an_event_is_attributed_once_its_customer_is_there(callwave: Source) -> None:
    make.ai_call_meter()
    key = waiting(callwave, customer_id="basil")
    basil = make.basil(is_sandbox=True)
    basil.partners.add(callwave.partner)

    assert replay_quarantined(key=key, now=DECEMBER_1).status == "accepted"
    assert Event.objects.get().customer == basil
    assert UsageArrival.objects.get().customer == basil


def test_a_second_replay_finds_nothing_waiting(callwave: Source) -> None:
    key = waiting(callwave)
    make.ai_call_meter()
    replay_quarantined(key=key, now=DECEMBER_1)

    with pytest.raises(NotInQuarantine):
        replay_quarantined(key=key, now=DECEMBER_1)

    assert (EventKey.objects.count(), Event.objects.count()) == (1, 1)


def test_an_event_whose_cause_remains_goes_on_waiting_for_what_is_wrong_now(
    callwave: Source,
) -> None:
    key = waiting(callwave, customer_id="basil")
    make.basil(is_sandbox=True).partners.add(callwave.partner)

    outcome = replay_quarantined(key=key, now=DECEMBER_1)

    row = QuarantinedEvent.objects.get()
    assert (outcome.status, outcome.reason) == ("quarantined", "unknown_event_name")
    assert (row.reason, row.detail, row.resolved_at) == (outcome.reason, outcome.detail, None)
    assert not Event.objects.exists()


def test_an_event_that_its_new_meter_cannot_measure_goes_on_waiting(callwave: Source) -> None:
    key = waiting(callwave, minutes="many")
    make.ai_call_meter()

    outcome = replay_quarantined(key=key, now=DECEMBER_1)

    assert [fault.code for fault in outcome.faults] == ["bad_value"]
    row = QuarantinedEvent.objects.get()
    assert (row.reason, row.resolved_at) == ("bad_value", None)
    assert row.detail == "'duration_minutes': 'many' is not a number such as 12 or 0.25"


def test_an_event_without_a_time_keeps_that_of_its_receipt(callwave: Source) -> None:
    key = waiting(callwave, occurred_at=None)
    make.ai_call_meter()

    replay_quarantined(key=key, now=DECEMBER_1)

    assert Event.objects.get().occurred_at == make.NOVEMBER_20


def test_a_replayed_event_sent_again_is_a_duplicate(callwave: Source) -> None:
    key = waiting(callwave)
    make.ai_call_meter()
    replay_quarantined(key=key, now=DECEMBER_1)

    (same,) = make.accepted(callwave, [make.call_body("call-1")])
    (other,) = make.accepted(callwave, [make.call_body("call-1", minutes=9)])

    assert (same.status, other.status) == ("duplicate", "conflict")


def test_what_was_never_in_quarantine_is_not_replayed(callwave: Source) -> None:
    make.ai_call_meter()
    (outcome,) = make.accepted(callwave, [make.call_body("call-1")])
    assert outcome.key

    with pytest.raises(NotInQuarantine):
        replay_quarantined(key=outcome.key, now=DECEMBER_1)


@pytest.mark.usefixtures("committed")
def test_two_replays_at_once_store_the_event_once() -> None:
    key = waiting(make.source(make.partner(make.acme())))
    make.ai_call_meter()
    replay = partial(replay_quarantined, key=key, now=DECEMBER_1)

    errors = errors_at_once(replay, replay, replay)

    assert sorted(type(error).__name__ for error in errors) == [
        "NoneType", "NotInQuarantine", "NotInQuarantine",
    ]  # fmt: skip
    assert (Event.objects.count(), Reading.objects.count()) == (1, 1)


@pytest.mark.usefixtures("committed")
def test_what_another_has_in_hand_is_left_to_it() -> None:
    key = waiting(make.source(make.partner(make.acme())))
    make.ai_call_meter()
    in_hand = QuarantinedEvent.objects.select_for_update().filter(key=key).get

    with uncommitted(in_hand), no_waiting(), pytest.raises(NotInQuarantine):
        replay_quarantined(key=key, now=DECEMBER_1)

    assert replay_quarantined(key=key, now=DECEMBER_1).status == "accepted"


@pytest.mark.usefixtures("committed")
def test_a_replay_and_a_move_of_the_same_events_do_not_wait_in_a_circle() -> None:
    acme = make.acme()
    make.ai_call_meter()
    calls = [make.call_body(name, customer_id="+15550100") for name in ("call-1", "call-2")]
    make.accepted(make.source(make.partner(acme)), calls)
    keys = list(QuarantinedEvent.objects.values_list("key", flat=True))

    def replay() -> None:
        with transaction.atomic():
            attribute()
            until_another_waits()
            for key in keys:
                with suppress(NotInQuarantine):
                    replay_waiting(key=key, now=DECEMBER_1, leaves_locked=True)

    def move() -> None:
        span = NamedSpan("+15550100", Period(make.NOVEMBER_1, FOR_EVER))
        with transaction.atomic():
            acme.subjects.create(kind="number", identifier="+15550100", held_from=make.NOVEMBER_1)
            start_moves(spans=[span], requested_by=None, now=DECEMBER_1)

    assert errors_at_once(replay, move) == [None, None]
    assert Event.objects.count() == 2
    assert not QuarantinedEvent.objects.filter(resolved_at=None).exists()
