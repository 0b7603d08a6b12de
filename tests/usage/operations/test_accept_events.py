"""What becomes of each item that a partner sends."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer, KeyMode, Subject
from tests import factories as make
from tests.at_once import at_once, no_waiting, uncommitted
from usage.intake.sent_event import read_event
from usage.models import (
    Event,
    EventKey,
    Meter,
    QuarantinedEvent,
    QuarantineReason,
    Reading,
    Source,
    UsageArrival,
)
from usage.operations.accept_events import Outcome, accept_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Customer:
    """Acme, whose calls are counted."""
    make.ai_call_meter()
    return make.acme()


@pytest.fixture
def callwave(acme: Customer) -> Source:
    """A partner that sends Acme's calls with its test key."""
    return make.source(make.partner(acme))


def statuses(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def one(sender: Source, **fields: Any) -> Outcome:
    """Return what became of one call."""
    (outcome,) = make.accepted(sender, [make.call_body("call-1", **fields)])
    return outcome


def test_an_event_is_stored_with_what_its_meter_counts(acme: Customer, callwave: Source) -> None:
    outcome = one(callwave, minutes="2.5")

    event, reading = Event.objects.get(), Reading.objects.get()
    assert outcome.status == "accepted"
    assert (event.key, event.customer, event.source) == (outcome.key, acme, callwave)
    assert event.occurred_at == datetime(2024, 11, 5, 10, tzinfo=UTC)
    assert event.received_at == make.NOW
    assert json.loads(event.sent) == make.call_body("call-1", minutes="2.5")
    assert (reading.quantity, reading.dimensions.values) == (
        make.Decimal("2.5"),
        {"region": "US", "call_outcome": "resolved"},
    )


def test_every_meter_of_an_event_name_counts(acme: Customer, callwave: Source) -> None:
    counter = make.Meter.objects.create(
        legal_entity=acme.legal_entity,
        code="CALLS",
        display_name="Calls",
        event_name="ai_call",
        aggregation="count",
    )

    one(callwave)

    assert {reading.meter.code: reading.quantity for reading in Reading.objects.all()} == {
        "AI_CALL": 5,
        counter.code: 1,
    }


def test_the_six_calls_are_duplicates_one_by_one_and_as_a_batch(callwave: Source) -> None:
    first = [make.accepted(callwave, [body])[0] for body in make.six_bodies()]
    one_by_one = [make.accepted(callwave, [body])[0] for body in make.six_bodies()]
    as_a_batch = make.accepted(callwave, make.six_bodies())

    assert statuses(first) == ["accepted"] * 6
    assert statuses(one_by_one) == statuses(as_a_batch) == ["duplicate"] * 6
    assert [outcome.key for outcome in as_a_batch] == [outcome.key for outcome in first]
    assert (EventKey.objects.count(), Event.objects.count(), Reading.objects.count()) == (6, 6, 6)
    assert UsageArrival.objects.count() == 6


def test_another_body_under_a_key_is_a_conflict_that_shows_both(callwave: Source) -> None:
    one(callwave, minutes=5)

    outcome = one(callwave, minutes=6)

    assert outcome.status == "conflict"
    assert outcome.stored
    assert json.loads(outcome.stored) == make.call_body("call-1", minutes=5)
    assert outcome.sent
    assert json.loads(outcome.sent) == make.call_body("call-1", minutes=6)
    assert outcome.stored_fingerprint != outcome.sent_fingerprint
    assert Reading.objects.get().quantity == 5


def test_a_key_twice_in_a_batch_counts_once(callwave: Source) -> None:
    outcomes = make.accepted(
        callwave,
        [
            make.call_body("call-1", minutes=5),
            make.call_body("call-1", minutes=5),
            make.call_body("call-1", minutes=9),
        ],
    )

    assert statuses(outcomes) == ["accepted", "duplicate", "conflict"]
    assert outcomes[2].stored
    assert '"duration_minutes":5' in outcomes[2].stored.replace(" ", "")
    assert Reading.objects.get().quantity == 5


def test_a_rejected_item_takes_no_key(callwave: Source) -> None:
    outcomes = make.accepted(
        callwave,
        [make.call_body("call-1", minutes="many"), make.call_body("call-1", minutes=5)],
    )

    assert statuses(outcomes) == ["rejected", "accepted"]


@pytest.mark.parametrize(
    "minutes, code",
    [
        (None, "missing_property"),
        ("many", "bad_value"),
        (-1, "negative_quantity"),
        ("NaN", "bad_value"),
        (10**12 + 1, "out_of_range"),
    ],
)
def test_what_cannot_be_measured_is_rejected_and_the_others_are_kept(
    callwave: Source, minutes: object, code: str
) -> None:
    outcomes = make.accepted(
        callwave,
        [
            make.call_body("call-1"),
            make.call_body("call-2", minutes=minutes),
            make.call_body("call-3"),
        ],
    )

    assert statuses(outcomes) == ["accepted", "rejected", "accepted"]
    (fault,) = outcomes[1].faults
    assert (fault.pointer, fault.code) == ("/properties/duration_minutes", code)
    assert Event.objects.count() == 2


def test_a_quantity_may_be_large_but_not_absurd(callwave: Source) -> None:
    assert one(callwave, minutes=10**12).status == "accepted"


def test_a_meter_may_allow_negative_quantities(callwave: Source) -> None:
    make.Meter.objects.update(allows_negative=True)

    assert one(callwave, minutes=-3).status == "accepted"
    assert Reading.objects.get().quantity == -3


def test_a_missing_group_key_is_absent_and_said_so(callwave: Source) -> None:
    outcome = one(callwave, region=None)

    assert (outcome.status, outcome.absent) == ("accepted", ("region",))
    assert Reading.objects.get().dimensions.values == {"call_outcome": "resolved"}


def test_customer_and_customer_id_and_our_own_id_name_the_same(
    acme: Customer, callwave: Source
) -> None:
    ours = make.call_body("call-1", customer_id=acme.public_id)
    other_name = make.call_body("call-2")
    other_name["customer"] = other_name.pop("customer_id")

    assert statuses(make.accepted(callwave, [ours, other_name])) == ["accepted"] * 2
    assert set(Event.objects.values_list("customer", flat=True)) == {acme.pk}


def test_an_unknown_customer_waits_in_quarantine(callwave: Source) -> None:
    outcome = one(callwave, customer_id="nobody")

    waiting = QuarantinedEvent.objects.get()
    assert (outcome.status, outcome.reason) == ("quarantined", QuarantineReason.UNKNOWN_CUSTOMER)
    assert "'nobody'" in outcome.detail
    assert (waiting.key, waiting.customer_reference) == (outcome.key, "nobody")
    assert (Event.objects.count(), UsageArrival.objects.count()) == (0, 0)


def test_another_partners_customer_looks_as_unknown_as_nobody(callwave: Source) -> None:
    make.carla(is_sandbox=True)

    of_carla, of_nobody = make.accepted(
        callwave,
        [
            make.call_body("call-1", customer_id="carla"),
            make.call_body("call-2", customer_id="nobody"),
        ],
    )

    assert of_carla.reason == of_nobody.reason
    assert of_carla.detail.replace("carla", "nobody") == of_nobody.detail


def test_a_test_key_does_not_reach_a_live_customer() -> None:
    make.ai_call_meter()
    callwave = make.partner(make.basil())

    assert one(make.source(callwave, KeyMode.TEST), customer_id="basil").status == "quarantined"
    assert one(make.source(callwave, KeyMode.LIVE), customer_id="basil").status == "accepted"


def test_an_event_name_that_no_meter_counts_waits_in_quarantine(callwave: Source) -> None:
    outcome = one(callwave, event_name="ai_chat")

    assert (outcome.status, outcome.reason) == ("quarantined", QuarantineReason.UNKNOWN_EVENT_NAME)
    assert "'ai_chat'" in outcome.detail
    assert not UsageArrival.objects.exists()


def test_a_key_in_quarantine_is_taken_for_ever(acme: Customer, callwave: Source) -> None:
    one(callwave, customer_id="later")
    make.customer("later", "Later Ltd", is_sandbox=True).partners.add(callwave.partner)

    again = one(callwave, customer_id="later")
    other = one(callwave, customer_id="acme")

    assert (again.status, other.status) == ("duplicate", "conflict")
    assert other.stored
    assert '"later"' in other.stored
    assert not Event.objects.exists()


def test_a_key_is_unique_within_its_source_alone(acme: Customer, callwave: Source) -> None:
    other = make.source(make.partner(acme, name="Otherwave"))

    assert one(callwave).status == one(other).status == "accepted"
    assert Event.objects.count() == 2


def hold(customer: Customer, since: str, until: str | None = None) -> None:
    Subject.objects.create(
        customer=customer,
        kind="number",
        identifier="+13125550100",
        held_from=since,
        held_to=until,
    )


def test_a_subject_belongs_to_who_held_it_at_the_events_time(
    acme: Customer, callwave: Source
) -> None:
    basil = make.basil(is_sandbox=True)
    basil.partners.add(callwave.partner)
    hold(acme, "2024-01-01T00:00Z", "2024-11-05T00:00Z")
    hold(basil, "2024-11-05T00:00Z")
    times = ["2023-12-31T23:59:59Z", "2024-11-04T23:59:59Z", "2024-11-05T00:00:00Z"]

    outcomes = make.accepted(
        callwave,
        [
            make.call_body(f"call-{number}", customer_id="+13125550100", occurred_at=instant)
            for number, instant in enumerate(times)
        ],
    )

    assert statuses(outcomes) == ["quarantined", "accepted", "accepted"]
    assert [event.customer for event in Event.objects.order_by("occurred_at")] == [acme, basil]


def test_a_key_stays_a_duplicate_after_its_number_moved(acme: Customer, callwave: Source) -> None:
    basil = make.basil(is_sandbox=True)
    basil.partners.add(callwave.partner)
    hold(acme, "2024-01-01T00:00Z")
    one(callwave, customer_id="+13125550100")
    Subject.objects.update(held_to="2024-06-01T00:00Z")
    hold(basil, "2024-06-01T00:00Z")

    assert one(callwave, customer_id="+13125550100").status == "duplicate"
    assert Event.objects.get().customer == acme


def test_a_number_of_anothers_customer_is_unknown(callwave: Source) -> None:
    hold(make.carla(is_sandbox=True), "2024-01-01T00:00Z")

    assert one(callwave, customer_id="+13125550100").status == "quarantined"


def test_a_sandbox_event_without_a_time_has_its_customers(acme: Customer, callwave: Source) -> None:
    one(callwave, occurred_at=None)

    assert Event.objects.get().occurred_at == make.NOVEMBER_20


def test_a_live_event_without_a_time_has_that_of_its_receipt() -> None:
    make.ai_call_meter()
    sender = make.source(make.partner(make.basil()), KeyMode.LIVE)

    one(sender, customer_id="basil", occurred_at=None)

    assert Event.objects.get().occurred_at == make.NOW


def test_an_event_without_a_time_repeated_later_is_a_duplicate(
    acme: Customer, callwave: Source
) -> None:
    one(callwave, occurred_at=None)
    assert acme.test_clock
    acme.test_clock.now_at = datetime(2024, 11, 25, tzinfo=UTC)
    acme.test_clock.save()

    assert one(callwave, occurred_at=None).status == "duplicate"
    assert Event.objects.get().occurred_at == make.NOVEMBER_20


def test_a_subject_without_a_time_is_its_holders_of_now(callwave: Source, acme: Customer) -> None:
    basil = make.basil(is_sandbox=True)
    basil.partners.add(callwave.partner)
    hold(acme, "2024-01-01T00:00Z")
    Subject.objects.update(held_to="2024-06-01T00:00Z")

    gone = one(callwave, customer_id="+13125550100", occurred_at=None)
    hold(basil, "2024-06-01T00:00Z")
    (moved,) = make.accepted(
        callwave, [make.call_body("call-2", customer_id="+13125550100", occurred_at=None)]
    )

    assert (gone.status, moved.status) == ("quarantined", "accepted")
    assert Event.objects.get().customer == basil


@pytest.mark.parametrize(
    "other",
    [
        {"customer_id": "acme", "extra": None},
        {"properties": {"region": "US", "call_outcome": "resolved", "duration_minutes": 5, "x": 1}},
        {"occurred_at": "2024-11-05T10:00:01Z"},
    ],
)
def test_every_field_that_was_sent_counts_for_the_fingerprint(other: dict[str, object]) -> None:
    body = make.call_body("call-1")
    changed = {**body, **{name: value for name, value in other.items() if name != "extra"}}

    same = read_event(body).fingerprint() == read_event(changed).fingerprint()

    assert same == ("extra" in other)


def test_neither_receipt_nor_attribution_counts_for_the_fingerprint(callwave: Source) -> None:
    body = make.call_body("call-1", occurred_at=None)
    event = read_event(body)

    assert event.fingerprint() == event.at(make.NOW).with_key("other").fingerprint()
    renamed = {**body, "customer": body["customer_id"]}
    del renamed["customer_id"]
    assert read_event(renamed).fingerprint() == event.fingerprint()


def test_more_than_a_year_ahead_is_rejected(callwave: Source) -> None:
    near = one(callwave, occurred_at="2027-11-22T11:00:00Z")
    (far,) = make.accepted(callwave, [make.call_body("call-2", occurred_at="2027-11-22T12:00:01Z")])

    assert near.status == "accepted"
    assert [fault.code for fault in far.faults] == ["too_far_ahead"]


def test_arrivals_span_the_times_of_each_customer(acme: Customer, callwave: Source) -> None:
    basil = make.basil(is_sandbox=True)
    basil.partners.add(callwave.partner)

    make.accepted(
        callwave,
        [
            make.call_body("call-1", occurred_at="2024-11-09T00:00:00Z"),
            make.call_body("call-2", occurred_at="2024-11-02T00:00:00Z"),
            make.call_body("call-3", customer_id="basil", occurred_at="2024-10-02T00:00:00Z"),
            make.call_body("call-4", customer_id="nobody", occurred_at="2020-10-02T00:00:00Z"),
        ],
    )

    assert [
        (arrival.customer, arrival.earliest_at.day, arrival.latest_at.day)
        for arrival in UsageArrival.objects.order_by("customer_id")
    ] == [(acme, 2, 9), (basil, 2, 2)]


def test_500_items_take_the_queries_of_one(callwave: Source) -> None:
    def queries(bodies: list[dict[str, object]]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            make.accepted(callwave, bodies)
        return len(captured)

    queries([make.call_body("warm-up")])
    single = queries([make.call_body("single", region="NEW")])
    many = queries(
        [
            make.call_body(f"many-{number}", region=f"R{number % 40}", outcome=f"O{number % 9}")
            for number in range(500)
        ]
    )

    assert many == single
    assert Event.objects.count() == 502


@pytest.mark.usefixtures("committed")
def test_two_requests_with_overlapping_batches_in_opposite_orders_answer_each_item() -> None:
    make.ai_call_meter()
    sender = make.source(make.partner(make.acme()))
    bodies = [
        make.call_body(f"call-{number}", region=f"R{number % 7}", minutes=number)
        for number in range(200)
    ]
    strangers = [make.call_body(f"odd-{number}", customer_id="nobody") for number in range(20)]

    one_way, other_way = at_once(
        partial(make.accepted, sender, bodies + strangers),
        partial(make.accepted, sender, (bodies + strangers)[::-1]),
    )

    for first, second in zip(one_way, reversed(other_way), strict=True):
        assert {first.status, second.status} in (
            {"accepted", "duplicate"}, {"quarantined", "duplicate"},
        )  # fmt: skip
    assert (Event.objects.count(), QuarantinedEvent.objects.count()) == (200, 20)


@pytest.mark.usefixtures("committed")
def test_usage_comes_in_while_the_customer_is_being_billed() -> None:
    make.ai_call_meter()
    acme = make.acme()
    sender = make.source(make.partner(acme))

    def lock() -> None:
        Customer.objects.select_for_update(no_key=True).get(pk=acme.pk)

    with uncommitted(lock), no_waiting():
        (outcome,) = make.accepted(sender, [make.call_body("call-1")])

    assert outcome.status == "accepted"


@pytest.mark.usefixtures("committed")
def test_the_api_does_not_wait_for_ever_for_a_key_that_another_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = make.source(make.partner(make.acme()))
    make.ai_call_meter()
    monkeypatch.setattr("usage.operations.accept_events._LONGEST_WAIT", "50ms")
    send = partial(make.accepted, source, [make.call_body("call-1")])

    with uncommitted(send), pytest.raises(OperationalError, match="lock timeout"):
        send()

    assert [outcome.status for outcome in send()] == ["duplicate"]


def test_a_batch_of_nothing_is_nothing(callwave: Source) -> None:
    assert accept_events(source=callwave, items=[], now=make.NOW) == []


def test_a_known_event_is_a_duplicate_even_when_its_meter_would_refuse_it_now(
    callwave: Source,
) -> None:
    body = make.call_body("call-1", minutes=-3)
    Meter.objects.filter(code="AI_CALL").update(allows_negative=True)
    make.accepted(callwave, [body])
    Meter.objects.filter(code="AI_CALL").update(allows_negative=False)

    (again,) = make.accepted(callwave, [body])

    assert again.status == "duplicate"
