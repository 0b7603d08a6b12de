"""An event that waits may be thrown away; it stays to be seen, and is void in the sums."""

from typing import Any
from uuid import UUID

import pytest

from tests import factories as make
from usage.models import EventState, QuarantinedEvent, Source
from usage.operations.count_source_day import day_of_receipt
from usage.operations.discard_event import ReasonNeeded, discard_event
from usage.operations.replay_quarantined import NotInQuarantine, replay_quarantined
from usage.queries.balance import balance_of, events_in_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def callwave() -> Source:
    """A partner of Acme that sent a call of nobody."""
    sender = make.source(make.partner(make.acme()))
    make.ai_call_meter()
    make.accepted(sender, [make.call_body("lost", customer_id="nobody")])
    return sender


def waiting() -> QuarantinedEvent:
    return QuarantinedEvent.objects.get()


def test_a_discarded_event_waits_no_more_and_stays(callwave: Source) -> None:
    assert discard_event(key=waiting().key, reason=" a test ", now=make.NOW)

    assert (waiting().resolved_at, waiting().discarded_reason) == (make.NOW, "a test")
    with pytest.raises(NotInQuarantine):
        replay_quarantined(key=waiting().key, now=make.NOW)


def test_it_is_void_in_the_balance_and_found_there(callwave: Source) -> None:
    discard_event(key=waiting().key, reason="a test", now=make.NOW)
    day: dict[str, Any] = {
        "source_id": callwave.pk,
        "received_in": day_of_receipt(make.NOW.date()),
    }

    balance = balance_of(**day)

    assert {state: count for state, count in balance.states.items() if count} == {
        EventState.VOID: 1
    }
    assert list(balance.contradictions()) == []
    assert events_in_state(**day, state=EventState.VOID) == [(waiting().occurred_at, waiting().key)]


def test_discarding_again_changes_nothing(callwave: Source) -> None:
    discard_event(key=waiting().key, reason="first", now=make.NOW)

    assert not discard_event(key=waiting().key, reason="second", now=make.NOW)

    assert waiting().discarded_reason == "first"


def test_what_was_replayed_meanwhile_is_not_discarded(callwave: Source) -> None:
    customer = callwave.partner.customers.get()
    customer.subjects.create(kind="agent", identifier="nobody", held_from=make.NOVEMBER_1)
    replay_quarantined(key=waiting().key, now=make.NOW)

    with pytest.raises(NotInQuarantine):
        discard_event(key=waiting().key, reason="a test", now=make.NOW)


def test_discarding_needs_a_reason_and_an_event(callwave: Source) -> None:
    with pytest.raises(ReasonNeeded):
        discard_event(key=waiting().key, reason="", now=make.NOW)
    with pytest.raises(NotInQuarantine):
        discard_event(key=UUID(int=7), reason="a test", now=make.NOW)
