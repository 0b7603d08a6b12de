"""Usage follows its number: to whoever holds it at the time of each event, each event once."""

import json
from datetime import timedelta

import pytest

from accounts.models import Customer, Subject
from tests import factories as make
from usage.intake.json_body import read_json
from usage.intake.sent_event import read_event
from usage.models import Event, EventVoid, QuarantinedEvent, Source, SubjectMove
from usage.operations import move_usage as moving
from usage.operations.accept_events import accept_events
from usage.operations.count_source_day import day_of_receipt
from usage.operations.move_subject import (
    FOR_EVER,
    Held,
    NamedSpan,
    changed_spans,
    held,
    merged_spans,
    move_next,
    start_moves,
)
from usage.operations.move_usage import move_usage
from usage.queries.balance import balance_of
from usage.queries.subject_usage import Displacement, displacements
from values.period import Period

pytestmark = pytest.mark.django_db

NUMBER = "+15550100"
EVER = Period(make.NOVEMBER_1, FOR_EVER)
NOVEMBER_10 = make.NOVEMBER_1 + timedelta(days=9)


@pytest.fixture
def basil() -> Customer:
    """Another customer of the same partner."""
    return make.basil(is_sandbox=True)


@pytest.fixture
def acme(basil: Customer) -> Customer:
    """A customer that holds a number, with a call on each of the days 5 to 14 by it."""
    make.ai_call_meter()
    customer = make.acme()
    customer.subjects.create(kind="number", identifier=NUMBER, held_from=make.NOVEMBER_1)
    sender = make.source(make.partner(customer, basil))
    make.accepted(
        sender,
        [
            make.call_body(
                f"call-{day}", customer_id=NUMBER, occurred_at=f"2024-11-{day:02}T10:00:00Z"
            )
            for day in range(5, 15)
        ],
    )
    make.accepted(sender, [make.call_body("named", occurred_at="2024-11-12T10:00:00Z")])
    return customer


def standing(customer: Customer) -> list[str]:
    void = EventVoid.objects.values("key")
    events = Event.objects.filter(customer=customer).exclude(key__in=void)
    return list(events.order_by("occurred_at").values_list("idempotency_key", flat=True))


def hand_over(basil: Customer) -> None:
    """Let Basil hold the number from November 10 on."""
    Subject.objects.update(held_to=NOVEMBER_10)
    basil.subjects.create(kind="number", identifier=NUMBER, held_from=NOVEMBER_10)


def test_events_go_to_who_holds_the_number_at_their_time(acme: Customer, basil: Customer) -> None:
    hand_over(basil)

    touched = move_usage(identifier=NUMBER, span=EVER, now=make.NOW)

    assert touched == {acme.pk, basil.pk}
    assert standing(acme) == [*(f"call-{day}" for day in range(5, 10)), "named"]
    assert standing(basil) == [f"call-{day}" for day in range(10, 15)]


def test_a_second_move_finds_nothing(acme: Customer, basil: Customer) -> None:
    hand_over(basil)
    move_usage(identifier=NUMBER, span=EVER, now=make.NOW)

    assert move_usage(identifier=NUMBER, span=EVER, now=make.NOW) == set()
    assert displacements(identifier=NUMBER, span=EVER, now=make.NOW) == []


def test_moved_back_they_are_where_they_were(acme: Customer, basil: Customer) -> None:
    hand_over(basil)
    move_usage(identifier=NUMBER, span=EVER, now=make.NOW)
    basil.subjects.all().delete()
    Subject.objects.update(held_to=None)

    move_usage(identifier=NUMBER, span=EVER, now=make.NOW)

    assert len(standing(acme)) == 11
    assert standing(basil) == []


def test_what_nobody_holds_waits_and_is_taken_up_again(acme: Customer, basil: Customer) -> None:
    Subject.objects.update(held_to=NOVEMBER_10)
    move_usage(identifier=NUMBER, span=EVER, now=make.NOW)
    assert QuarantinedEvent.objects.filter(resolved_at=None).count() == 5
    basil.subjects.create(kind="number", identifier=NUMBER, held_from=NOVEMBER_10)

    touched = move_usage(identifier=NUMBER, span=EVER, now=make.NOW)

    assert touched == {basil.pk}
    assert standing(basil) == [f"call-{day}" for day in range(10, 15)]
    assert not QuarantinedEvent.objects.filter(resolved_at=None).exists()


def test_both_sums_hold_after_a_move(acme: Customer, basil: Customer) -> None:
    hand_over(basil)
    move_usage(identifier=NUMBER, span=EVER, now=make.NOW)

    balance = balance_of(
        source_id=Source.objects.get().pk, received_in=day_of_receipt(make.NOW.date())
    )

    assert list(balance.contradictions()) == []


def test_what_would_move_is_counted_by_customer(acme: Customer, basil: Customer) -> None:
    hand_over(basil)
    make.accepted(
        Source.objects.get(),
        [make.call_body("early", customer_id=NUMBER, occurred_at="2024-10-01T10:00:00Z")],
    )
    Subject.objects.filter(customer=acme).update(held_from=make.NOVEMBER_1 - timedelta(days=60))

    found = displacements(
        identifier=NUMBER, span=Period(make.NOVEMBER_1 - timedelta(days=60), FOR_EVER), now=make.NOW
    )

    assert set(found) == {Displacement(acme.pk, basil.pk, 5), Displacement(None, acme.pk, 1)}


@pytest.mark.parametrize("most, counted", [(5, 5), (4, 5), (3, 4), (0, 1)])
def test_counting_stops_at_the_first_beyond_the_most(
    acme: Customer, basil: Customer, most: int, counted: int
) -> None:
    hand_over(basil)

    found = displacements(identifier=NUMBER, span=EVER, now=make.NOW, most=most)

    assert found == [Displacement(acme.pk, basil.pk, counted)]


@pytest.mark.parametrize("name", ['the "front" desk', "back\\slash", "réception", "a/b", "%"])
def test_a_name_that_bodies_may_write_in_another_way_is_found(
    acme: Customer, basil: Customer, name: str
) -> None:
    acme.subjects.create(kind="location", identifier=name, held_from=make.NOVEMBER_1)
    plain = make.call_body("plain", customer_id=name, occurred_at="2024-11-12T10:00:00Z")
    escaped = json.dumps({**plain, "idempotency_key": "escaped"}).replace("/", "\\/")
    accept_events(
        source=Source.objects.get(),
        items=[read_event(plain), read_event(read_json(escaped.encode()))],
        now=make.NOW,
    )
    Subject.objects.filter(identifier=name).update(customer=basil)

    found = displacements(identifier=name, span=EVER, now=make.NOW)

    assert found == [Displacement(acme.pk, basil.pk, 2)]


def test_a_long_move_goes_on_chunk_by_chunk(
    acme: Customer, basil: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving.move_some, "__kwdefaults__", {"limit": 2})
    hand_over(basil)
    (job,) = start_moves(spans=[NamedSpan(NUMBER, EVER)], requested_by=None, now=make.NOW)
    assert (job.events, job.moved, job.finished_at) == (5, 1, None)

    while move_next(job_id=job.pk, now=make.NOW):
        pass

    job.refresh_from_db()
    assert (job.moved, job.done, job.finished_at) == (5, 5, make.NOW)
    assert standing(basil) == [f"call-{day}" for day in range(10, 15)]


def test_a_short_move_is_done_at_once(acme: Customer, basil: Customer) -> None:
    hand_over(basil)

    (job,) = start_moves(spans=[NamedSpan(NUMBER, EVER)], requested_by=None, now=make.NOW)

    assert (job.moved, job.finished_at) == (5, make.NOW)
    assert not move_next(job_id=job.pk, now=make.NOW)


def test_what_no_meter_of_the_holder_can_read_stays_and_is_told(
    acme: Customer, basil: Customer
) -> None:
    sent = [
        make.call_body(f"waits-{minutes}", minutes=minutes, customer_id="+15550177")
        for minutes in (5, "three")
    ]
    make.accepted(Source.objects.get(), sent)
    basil.subjects.create(kind="number", identifier="+15550177", held_from=make.NOVEMBER_1)

    (job,) = start_moves(spans=[NamedSpan("+15550177", EVER)], requested_by=None, now=make.NOW)

    assert (job.events, job.moved, job.refused, job.left_waiting) == (2, 1, 1, 0)
    assert (job.done, job.finished_at) == (2, make.NOW)
    waits = QuarantinedEvent.objects.get(resolved_at=None)
    assert (waits.idempotency_key, waits.reason) == ("waits-three", "bad_value")


def test_where_nothing_moves_there_is_no_job(acme: Customer) -> None:
    unheard = NamedSpan("+15550199", EVER)

    assert not start_moves(
        spans=[NamedSpan(NUMBER, EVER), unheard], requested_by=None, now=make.NOW
    )
    assert not SubjectMove.objects.exists()


def row(customer_id: int, start: int, end: int | None, identifier: str = NUMBER) -> Held:
    day = timedelta(days=1)
    first = make.NOVEMBER_1
    return Held(
        identifier, customer_id, first + start * day, None if end is None else first + end * day
    )


def days(start: int, end: int | None) -> Period:
    return row(1, start, end).span


@pytest.mark.parametrize(
    "before, after, spans",
    [
        (row(1, 0, 9), row(1, 0, 9), []),
        (None, row(1, 0, None), [days(0, None)]),
        (row(1, 0, 9), None, [days(0, 9)]),
        (row(1, 0, None), row(1, 0, 9), [days(9, None)]),
        (row(1, 2, 9), row(1, 0, 12), [days(0, 2), days(9, 12)]),
        (row(1, 0, 9), row(2, 0, 9), [days(0, 9)]),
        (row(1, 0, 9), row(2, 5, 12), [days(0, 12)]),
        (row(1, 0, 3), row(2, 5, 12), [days(0, 3), days(5, 12)]),
        (row(1, 0, 3), row(1, 5, 12), [days(0, 3), days(5, 12)]),
    ],
)
def test_a_change_concerns_the_time_in_which_the_holder_is_another(
    before: Held | None, after: Held | None, spans: list[Period]
) -> None:
    assert [each.span for each in changed_spans(before=before, after=after)] == spans


def test_a_change_of_the_identifier_concerns_both() -> None:
    spans = changed_spans(before=row(1, 0, 9), after=row(1, 0, 9, "+1"))

    assert spans == [NamedSpan(NUMBER, days(0, 9)), NamedSpan("+1", days(0, 9))]


def test_a_row_says_who_holds_it(acme: Customer) -> None:
    assert held(Subject.objects.get()) == Held(NUMBER, acme.pk, make.NOVEMBER_1, None)


def test_times_of_one_subject_are_looked_at_once(acme: Customer) -> None:
    spans = [
        NamedSpan(NUMBER, days(0, 5)),
        NamedSpan("+15550199", days(0, 5)),
        NamedSpan(NUMBER, days(3, 9)),
        NamedSpan(NUMBER, days(20, None)),
    ]

    assert merged_spans(spans) == [
        NamedSpan(NUMBER, days(0, 9)),
        NamedSpan(NUMBER, days(20, None)),
    ]
