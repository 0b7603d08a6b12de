"""Filters, calls and actions on the way in."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import Subject
from tests import factories as make
from usage.models import Event, EventKey, Meter, QuarantinedEvent, Reading, Source
from usage.operations.accept_events import Outcome
from usage.operations.replay_quarantined import replay_quarantined

pytestmark = pytest.mark.django_db

OCCURRED_AT = datetime(2024, 11, 5, 10, tzinfo=UTC)
ANSWERED_AT = datetime(2024, 12, 1, 0, 0, 5, tzinfo=UTC)


@pytest.fixture
def callwave() -> Source:
    """A partner that sends Acme's events."""
    return make.source(make.partner(make.acme()))


def meter(**columns: Any) -> Meter:
    return Meter.objects.create(
        **{
            "legal_entity": make.northwind(),
            "code": "M",
            "display_name": "M",
            "event_name": "ai_call",
            "aggregation": "count",
            **columns,
        }
    )


def sent(sender: Source, key: str = "call-1", **properties: Any) -> Outcome:
    body = make.call_body(key)
    body["properties"] |= properties
    (outcome,) = make.accepted(sender, [body])
    return outcome


def test_an_event_counts_for_the_meters_whose_filters_let_it_through(callwave: Source) -> None:
    meter(code="US", filters={"region": ["US"]})
    meter(code="LONG", filters={"duration_minutes": {"gte": "60"}})

    sent(callwave, region="US", duration_minutes=5)

    assert [reading.meter.code for reading in Reading.objects.all()] == ["US"]


def test_an_event_that_no_filter_lets_through_is_kept_uncounted(callwave: Source) -> None:
    meter(filters={"region": ["EU"]})

    assert sent(callwave, region="US").status == "accepted"

    assert Event.objects.count() == 1
    assert not Reading.objects.exists()


def test_a_meter_cannot_refuse_an_event_that_is_not_its_own(callwave: Source) -> None:
    meter(aggregation="sum", property="minutes", filters={"region": ["EU"]})

    assert sent(callwave, region="US", minutes="many").status == "accepted"


def test_each_event_is_stored_as_it_was_rounded(callwave: Source) -> None:
    meter(
        aggregation="sum",
        property="seconds",
        event_rounding={"mode": "up", "increment": "60"},
    )

    sent(callwave, seconds=78)

    assert Reading.objects.get().quantity == 120


@pytest.mark.parametrize("aggregation", ["max", "latest", "weighted_sum"])
def test_a_level_may_fall_below_nothing(callwave: Source, aggregation: str) -> None:
    meter(aggregation=aggregation, property="level")

    assert sent(callwave, level="-2").status == "accepted"
    assert Reading.objects.get().quantity == -2


def test_an_action_counts_its_credits_at_the_time_of_the_event(callwave: Source) -> None:
    meter(
        aggregation="sum",
        action_property="action",
        credit_units=[
            {"units": {"email": "1"}},
            {"effective_from": "2024-11-05", "units": {"email": "2.5"}},
        ],
    )

    sent(callwave, action="email")

    assert Reading.objects.get().quantity == make.Decimal("2.5")


def test_an_unknown_action_waits_until_its_credits_are_known(callwave: Source) -> None:
    credits_meter = meter(
        aggregation="sum", action_property="action", credit_units=[{"units": {"email": "1"}}]
    )
    sent(callwave, action="email")

    outcome = sent(callwave, "call-2", action="voice")

    assert (outcome.status, outcome.reason) == ("quarantined", "unknown_action")
    assert outcome.detail == "'action': 'voice' takes no known credits"
    assert outcome.key
    credits_meter.credit_units = [{"units": {"email": "1", "voice": "15"}}]
    credits_meter.save()
    assert replay_quarantined(key=outcome.key, now=make.NOW).status == "accepted"
    assert sorted(reading.quantity for reading in Reading.objects.all()) == [1, 15]


def test_a_call_counts_when_it_was_answered(callwave: Source) -> None:
    meter(calls=True)

    sent(callwave, answer_at="2024-11-30T19:00:05-05:00")

    times = {model.objects.get().occurred_at for model in (EventKey, Event, Reading)}
    assert times == {ANSWERED_AT}


def test_a_call_that_nobody_answered_counts_when_it_occurred(callwave: Source) -> None:
    meter(calls=True)

    sent(callwave, answer_at="2024-12-01T00:00:05Z", status="busy")

    assert Event.objects.get().occurred_at == OCCURRED_AT


def test_an_event_that_is_no_call_of_a_meter_counts_when_it_occurred(callwave: Source) -> None:
    meter(calls=True, filters={"region": ["EU"]})

    sent(callwave, region="US", answer_at="2024-12-01T00:00:05Z")

    assert Event.objects.get().occurred_at == OCCURRED_AT


@pytest.mark.parametrize(
    "answer_at,code",
    [
        ("yesterday", "bad_value"),
        (1730801405, "bad_value"),
        ("1999-12-31T23:59:59Z", "out_of_range"),
        ("2030-01-01T00:00:00Z", "out_of_range"),
    ],
)
def test_an_answer_that_is_no_possible_time_is_rejected(
    callwave: Source, answer_at: object, code: str
) -> None:
    meter(calls=True)

    outcome = sent(callwave, answer_at=answer_at)

    assert [(fault.pointer, fault.code) for fault in outcome.faults] == [
        ("/properties/answer_at", code)
    ]


def test_a_call_is_whose_number_it_was_when_it_was_answered() -> None:
    acme, basil = make.acme(), make.basil(is_sandbox=True)
    partner = make.partner(acme)
    basil.partners.add(partner)
    moved_at = datetime(2024, 11, 30, tzinfo=UTC)
    for customer, held_from, held_to in (
        (acme, datetime(2024, 1, 1, tzinfo=UTC), moved_at),
        (basil, moved_at, None),
    ):
        Subject.objects.create(
            customer=customer, identifier="+13125550100", held_from=held_from, held_to=held_to
        )
    meter(calls=True)
    body = make.call_body("call-1", customer_id="+13125550100")
    body["properties"]["answer_at"] = "2024-12-01T00:00:05Z"

    make.accepted(make.source(partner), [body])

    assert Event.objects.get().customer == basil


def test_a_call_that_waited_counts_when_it_was_answered(callwave: Source) -> None:
    outcome = sent(callwave, answer_at="2024-12-01T00:00:05Z")
    assert QuarantinedEvent.objects.get().occurred_at == OCCURRED_AT
    meter(calls=True)
    assert outcome.key

    assert replay_quarantined(key=outcome.key, now=make.NOW).status == "accepted"

    assert EventKey.objects.get().occurred_at == Event.objects.get().occurred_at == ANSWERED_AT
    assert sent(callwave, answer_at="2024-12-01T00:00:05Z").status == "duplicate"
