"""The store sums as the engine does, and shows what a snapshot shows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Customer
from tests import factories as make
from tests.at_once import elsewhere, uncommitted
from usage.metering.aggregation import aggregate
from usage.metering.quantity import MeteredEvent, Quantity
from usage.models import DimensionSet, Meter, Source
from usage.store import store
from usage.store.interface import StoredQuantity
from values.period import Period

START = datetime(2024, 11, 1, 4, tzinfo=UTC)
OCTOBER_31 = datetime(2024, 10, 31, tzinfo=UTC)
NOVEMBER = Period(START, datetime(2024, 12, 1, 5, tzinfo=UTC))

# Times around the bounds and across two months of partitions; values with up to 9 digits.
TIMES = st.one_of(
    st.sampled_from([NOVEMBER.start, NOVEMBER.end, NOVEMBER.end - timedelta(microseconds=1)]),
    st.integers(0, 32 * 86_400_000_000).map(
        lambda microseconds: OCTOBER_31 + timedelta(microseconds=microseconds)
    ),
)
CALLS = st.lists(
    st.tuples(
        TIMES,
        st.sampled_from(["US", "EU", "us", None, 2, True]),
        st.sampled_from(["resolved", None]),
        st.decimals(min_value=0, max_value=10**6, places=9),
    ),
    max_size=25,
)


def stored(
    customer: Customer, meter: Meter, parts: Sequence[Period], *, unless_in: str | None = None
) -> list[StoredQuantity]:
    return store.aggregate(
        customer_id=customer.pk,
        meter_ids=[meter.pk],
        slices=parts,
        snapshot=store.snapshot(),
        unless_in=unless_in,
    )


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(calls=CALLS, cuts=st.lists(TIMES, max_size=3))
def test_the_store_answers_what_the_engine_answers(
    calls: list[tuple[datetime, object, object, Decimal]], cuts: list[datetime]
) -> None:
    customer = make.customer(f"acme-{uuid4()}", "Acme")
    meter = make.ai_call_meter()
    source = make.source(make.partner(customer, name=f"{uuid4()}"), mode="live")
    properties = [
        {"region": region, "call_outcome": outcome, "duration_minutes": minutes}
        for _, region, outcome, minutes in calls
    ]
    bodies = [
        {
            "customer_id": customer.external_id,
            "event_name": "ai_call",
            "idempotency_key": f"call-{number}",
            "occurred_at": instant.isoformat(),
            "properties": said,
        }
        for number, ((instant, *_), said) in enumerate(zip(calls, properties, strict=True))
    ]
    outcomes = make.accepted(source, bodies)
    assert [outcome.status for outcome in outcomes] == ["accepted"] * len(calls)

    found = stored(customer, meter, NOVEMBER.split(cuts))

    combinations = {row.pk: tuple(sorted(row.values.items())) for row in DimensionSet.objects.all()}
    assert sorted(
        (
            Quantity(combinations[row.dimensions_id], row.slice, row.quantity, row.events)
            for row in found
        ),
        key=lambda quantity: (quantity.dimensions, quantity.period),
    ) == list(
        aggregate(
            meter.terms(),
            [
                MeteredEvent(instant, f"call-{number}", said)
                for number, ((instant, *_), said) in enumerate(zip(calls, properties, strict=True))
            ],
            NOVEMBER,
            cuts,
        )
    )


@pytest.mark.django_db
def test_nothing_stored_is_no_quantity() -> None:
    assert stored(make.acme(), make.ai_call_meter(), [NOVEMBER]) == []


@pytest.fixture
def acme(committed: None) -> Customer:
    """Acme, whose usage is committed as it would be."""
    acme = make.acme()
    make.ai_call_meter()
    make.source(make.partner(acme))
    return acme


def send(key: str, minutes: int) -> None:
    make.accepted(Source.objects.get(), [make.call_body(key, minutes=minutes)])


def total(customer: Customer, *, snapshot: str, unless_in: str | None = None) -> tuple[int, int]:
    """Return the minutes and the events of November."""
    rows = store.aggregate(
        customer_id=customer.pk,
        meter_ids=[make.ai_call_meter().pk],
        slices=[NOVEMBER],
        snapshot=snapshot,
        unless_in=unless_in,
    )
    return sum(int(row.quantity) for row in rows), sum(row.events for row in rows)


def test_an_event_committed_after_a_snapshot_is_not_in_it(acme: Customer) -> None:
    elsewhere(partial(send, "before", 5))
    with uncommitted(partial(send, "during", 8)):
        snapshot = store.snapshot()
    elsewhere(partial(send, "after", 12))

    assert total(acme, snapshot=snapshot) == (5, 1)
    assert total(acme, snapshot=store.snapshot()) == (25, 3)


def test_two_snapshots_share_every_event_between_them(acme: Customer) -> None:
    elsewhere(partial(send, "before", 5))
    with uncommitted(partial(send, "during", 8)):
        early = store.snapshot()
        elsewhere(partial(send, "beside", 1))
    late = store.snapshot()
    elsewhere(partial(send, "after", 12))

    assert total(acme, snapshot=early) == (5, 1)
    assert total(acme, snapshot=late, unless_in=early) == (9, 2)
    assert total(acme, snapshot=late) == (14, 3)


def test_a_rolled_back_event_is_in_no_snapshot(acme: Customer) -> None:
    def fail() -> None:
        send("lost", 5)
        raise RuntimeError

    with pytest.raises(RuntimeError), uncommitted(fail):
        early = store.snapshot()

    assert total(acme, snapshot=early) == (0, 0)
    assert total(acme, snapshot=store.snapshot()) == (0, 0)


def test_bodies_are_returned_as_they_came_from_quarantine_too(acme: Customer) -> None:
    accepted, waiting = make.accepted(
        Source.objects.get(),
        [make.call_body("call-1", minutes="5.50"), make.call_body("call-2", customer_id="nobody")],
    )
    assert accepted.key
    assert waiting.key

    bodies = store.bodies([accepted.key, waiting.key, uuid4()])

    assert '"5.50"' in bodies[accepted.key]
    assert '"nobody"' in bodies[waiting.key]
    assert len(bodies) == 2


def test_how_long_bodies_are_is_told_in_bytes(acme: Customer) -> None:
    accepted, waiting = make.accepted(
        Source.objects.get(),
        [make.call_body("call-1", region="é€"), make.call_body("call-2", customer_id="nobody")],
    )
    keys = [key for key in (accepted.key, waiting.key) if key]

    lengths = store.body_bytes([*keys, uuid4()])

    assert lengths == {key: len(body.encode()) for key, body in store.bodies(keys).items()}
    assert len(lengths) == 2
    assert store.body_bytes([]) == {}
