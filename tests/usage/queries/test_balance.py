"""All that came stands somewhere: both equations, from an event of each kind."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from accounts.models import Customer
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.at_once import elsewhere
from usage.models import EventKey, EventState, Meter, QuarantinedEvent, Source, SourceDay
from usage.operations.count_source_day import count_source_day, day_of_receipt
from usage.operations.replay_quarantined import replay_quarantined
from usage.queries.balance import Balance, Received, balance_of, events_in_state
from usage.store import store
from usage.store.interface import NewVoid

pytestmark = pytest.mark.django_db

TODAY = make.NOW.date()


@pytest.fixture
def callwave() -> Source:
    """A partner of Acme, whose calls are counted and priced."""
    customer = make.acme()
    make.contract(customer)
    return make.source(make.partner(customer))


def send(callwave: Source, *bodies: dict[str, Any]) -> Sequence[str]:
    return [outcome.status for outcome in make.accepted(callwave, bodies)]


def counted(callwave: Source, day: date = TODAY) -> Balance:
    refresh_customer(customer_id=Customer.objects.get().pk, now=make.NOW)
    return balance_of(source_id=callwave.pk, received_in=day_of_receipt(day))


def states(**numbers: int) -> dict[EventState, int]:
    return {state: numbers.get(state.value, 0) for state in EventState}


def test_an_event_of_each_kind_is_counted_once(callwave: Source) -> None:
    Meter.objects.create(
        legal_entity=make.northwind(),
        code="TEXT",
        display_name="Texts sent",
        event_name="text",
        aggregation="count",
        filters={"direction": ["out"]},
    )
    send(
        callwave,
        make.call_body("rated"),
        make.call_body("unmetered", event_name="text"),
        make.call_body("unpriced", occurred_at="2020-01-05T10:00:00Z"),
        make.call_body("waits", customer_id="nobody"),
        make.call_body("rated"),
        make.call_body("rated", minutes=9),
    )
    send(callwave, make.call_body("rated"))

    balance = counted(callwave)

    assert balance.received == Received(7, 3, 1, 2, 1, 0)
    assert balance.states == states(rated=1, unmetered=1, unpriced=1, quarantined=1)
    assert list(balance.contradictions()) == []


def test_what_no_pricing_has_seen_yet_awaits(callwave: Source) -> None:
    send(callwave, make.call_body("fresh"))

    balance = balance_of(source_id=callwave.pk, received_in=day_of_receipt(TODAY))

    assert balance.states == states(awaiting=1)


def test_a_replayed_event_belongs_to_the_day_on_which_it_came(callwave: Source) -> None:
    send(callwave, make.call_body("call", customer_id="basil"))
    make.basil(is_sandbox=True).partners.add(callwave.partner)
    tomorrow = make.NOW + timedelta(days=1)
    replay_quarantined(key=QuarantinedEvent.objects.get().key, now=tomorrow)

    came = balance_of(source_id=callwave.pk, received_in=day_of_receipt(TODAY))
    replayed = balance_of(source_id=callwave.pk, received_in=day_of_receipt(tomorrow.date()))

    assert came.states == states(awaiting=1)
    assert (came.received.quarantined, list(came.contradictions())) == (1, [])
    assert (replayed.found, list(replayed.contradictions())) == (0, [])


def test_a_void_event_is_void_whatever_was_said_of_it(callwave: Source) -> None:
    (outcome,) = make.accepted(callwave, [make.call_body("call")])
    assert outcome.key
    counted(callwave)
    store.void([NewVoid(outcome.key, "test call")], voided_at=make.NOW)

    assert counted(callwave).states == states(void=1)


def test_events_of_another_source_or_day_are_not_counted(callwave: Source) -> None:
    other = make.source(make.partner(Customer.objects.get(), name="Other"))
    send(other, make.call_body("call"))
    make.accepted(callwave, [make.call_body("call")], now=make.NOW - timedelta(days=1))

    assert counted(callwave).found == 0


def test_an_event_that_is_gone_breaks_the_second_sum(callwave: Source) -> None:
    send(callwave, make.call_body("call"), make.call_body("gone"))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE usage_record DISABLE TRIGGER usage_record_is_kept")
        cursor.execute("DELETE FROM usage_record WHERE idempotency_key = 'gone'")

    assert list(counted(callwave).contradictions()) == ["2 were stored, but there are 1"]


@pytest.mark.usefixtures("committed")
def test_what_comes_while_it_is_counted_breaks_no_sum() -> None:
    make.ai_call_meter()
    sender = make.source(make.partner(make.acme()))
    send(sender, make.call_body("first"))
    later = iter([partial(send, sender, make.call_body("later"))])

    def meanwhile(execute: Any, *statement: Any) -> Any:
        answer = execute(*statement)
        for come in later:
            elsewhere(come)
        return answer

    with connection.execute_wrapper(meanwhile):
        balance = balance_of(source_id=sender.pk, received_in=day_of_receipt(TODAY))

    assert list(balance.contradictions()) == []
    assert EventKey.objects.count() == 2


def test_each_number_leads_to_its_events(callwave: Source) -> None:
    send(callwave, *(make.call_body(f"call-{number}") for number in range(3)))
    send(callwave, make.call_body("waits", customer_id="nobody"))
    counted(callwave)
    wanted: dict[str, Any] = {"source_id": callwave.pk, "received_in": day_of_receipt(TODAY)}

    first = events_in_state(**wanted, state=EventState.RATED, limit=2)
    rest = events_in_state(**wanted, state=EventState.RATED, after=first[-1], limit=2)
    waiting = events_in_state(**wanted, state=EventState.QUARANTINED)

    assert (len(first), len(rest), len({*first, *rest})) == (2, 1, 3)
    assert [key for _, key in waiting] == [QuarantinedEvent.objects.get().key]


def test_counts_are_kept_for_the_page_and_counted_anew(callwave: Source) -> None:
    send(callwave, make.call_body("call"))
    count_source_day(source_id=callwave.pk, day=TODAY, now=make.NOW)
    send(callwave, make.call_body("another"))

    count_source_day(source_id=callwave.pk, day=TODAY, now=make.NOW + timedelta(hours=1))

    day = SourceDay.objects.get()
    assert (day.received, day.accepted, day.states["awaiting"], day.holds) == (2, 2, 2, True)
