"""The store on ClickHouse answers what PostgreSQL and the engine answer, whatever has moved."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Customer
from tests import factories as make
from usage.metering.aggregation import aggregate
from usage.metering.quantity import MeteredEvent, Quantity
from usage.models import DimensionSet, Meter
from usage.store.clickhouse.mover import move
from usage.store.clickhouse.store import ClickHouseUsageStore
from usage.store.interface import NewVoid, StoredEvent, StoredQuantity
from usage.store.postgres import PostgresUsageStore
from values.period import Period

START = datetime(2024, 11, 1, 4, tzinfo=UTC)
OCTOBER_31 = datetime(2024, 10, 31, tzinfo=UTC)
NOVEMBER = Period(START, datetime(2024, 12, 1, 5, tzinfo=UTC))
STEPS = 4

TIMES = st.one_of(
    st.sampled_from([NOVEMBER.start, NOVEMBER.end, NOVEMBER.end - timedelta(microseconds=1)]),
    st.integers(0, 32 * 86_400_000_000).map(
        lambda microseconds: OCTOBER_31 + timedelta(microseconds=microseconds)
    ),
)
# Each call comes in one of the steps; some are void from a later one on. Between the steps usage
# moves, or does not.
CALLS = st.lists(
    st.tuples(
        TIMES,
        st.sampled_from(["US", "EU", "us", None, 2, True]),
        st.sampled_from(["resolved", None]),
        st.decimals(min_value=0, max_value=10**6, places=18),
        st.integers(0, STEPS - 1),
        st.one_of(st.none(), st.integers(0, STEPS - 1)),
    ),
    max_size=20,
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    calls=CALLS,
    cuts=st.lists(TIMES, max_size=3),
    moves=st.lists(st.booleans(), min_size=STEPS, max_size=STEPS),
)
def test_sums_and_events_are_the_same_whatever_has_moved(
    clickhouse: ClickHouseUsageStore,
    calls: Sequence[tuple[datetime, object, object, Decimal, int, int | None]],
    cuts: list[datetime],
    moves: list[bool],
) -> None:
    customer = make.customer(f"acme-{uuid4()}", "Acme")
    meter = make.ai_call_meter()
    source = make.source(make.partner(customer, name=f"{uuid4()}"), mode="live")
    keys = {}
    snapshots = [clickhouse.snapshot()]
    for step in range(STEPS):
        mine = [number for number, call in enumerate(calls) if call[4] == step]
        bodies = [_body(customer, number, calls[number]) for number in mine]
        for number, outcome in zip(mine, make.accepted(source, bodies), strict=True):
            assert outcome.status == "accepted"
            keys[number] = outcome.key
        snapshots.append(clickhouse.snapshot())
        void = [keys[number] for number, call in enumerate(calls) if _is_void_at(call, step)]
        clickhouse.void([NewVoid(key, "by mistake") for key in void if key], voided_at=make.NOW)
        snapshots.append(clickhouse.snapshot())
        if moves[step]:
            assert move(goes_on=lambda: True, rows_in_a_step=3)

    postgres, slices = PostgresUsageStore(), NOVEMBER.split(cuts)
    for snapshot in snapshots:
        there, here = (
            _sums(store, customer, meter, slices, snapshot) for store in (clickhouse, postgres)
        )
        assert there == here
        assert _events(clickhouse, customer, meter, snapshot) == _events(
            postgres, customer, meter, snapshot
        )
    for earlier, later in zip(snapshots, snapshots[2:], strict=False):
        assert _sums(clickhouse, customer, meter, slices, later, earlier) == _sums(
            postgres, customer, meter, slices, later, earlier
        )
    standing = [
        (number, call) for number, call in enumerate(calls) if call[5] is None or call[5] < call[4]
    ]
    assert _quantities(_sums(clickhouse, customer, meter, slices, snapshots[-1])) == list(
        aggregate(
            meter.terms(),
            [MeteredEvent(call[0], f"call-{number}", _said(call)) for number, call in standing],
            NOVEMBER,
            cuts,
        )
    )


def _is_void_at(call: tuple[object, ...], step: int) -> bool:
    return call[5] == step and isinstance(call[4], int) and call[4] <= step


def _said(call: Sequence[object]) -> dict[str, object]:
    return {"region": call[1], "call_outcome": call[2], "duration_minutes": call[3]}


def _body(
    customer: Customer, number: int, call: tuple[datetime, *tuple[object, ...]]
) -> dict[str, object]:
    return {
        "customer_id": customer.external_id,
        "event_name": "ai_call",
        "idempotency_key": f"call-{number}",
        "occurred_at": call[0].isoformat(),
        "properties": _said(call),
    }


def _sums(
    store: PostgresUsageStore,
    customer: Customer,
    meter: Meter,
    slices: Sequence[Period],
    snapshot: str,
    earlier: str | None = None,
) -> list[StoredQuantity]:
    return store.aggregate(
        customer_id=customer.pk,
        meter_ids=[meter.pk],
        slices=slices,
        snapshot=snapshot,
        unless_in=earlier,
    )


def _events(
    store: PostgresUsageStore, customer: Customer, meter: Meter, snapshot: str
) -> list[StoredEvent]:
    return list(
        store.events(customer_id=customer.pk, meter_id=meter.pk, span=NOVEMBER, snapshot=snapshot)
    )


def _quantities(rows: Sequence[StoredQuantity]) -> list[Quantity]:
    combinations = {row.pk: tuple(sorted(row.values.items())) for row in DimensionSet.objects.all()}
    return sorted(
        (
            Quantity(combinations[row.dimensions_id], row.slice, row.quantity, row.events)
            for row in rows
        ),
        key=lambda quantity: (quantity.dimensions, quantity.period),
    )
