"""Sums from rollups, fresh records and cut hours are those of the engine, whatever was rolled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories as make
from usage.metering.aggregation import aggregate
from usage.metering.quantity import Dimensions, MeteredEvent
from usage.models import DimensionSet, Meter
from usage.store import store
from usage.store.interface import NewVoid, StoredQuantity
from usage.store.rollups import differences
from values.period import Period

START = datetime(2024, 11, 1, 4, 30, tzinfo=UTC)
NOVEMBER = Period(START, START + timedelta(days=3))
INSTANTS = st.one_of(
    # Bounds of hours and of the period, and either side of them.
    st.builds(
        lambda hours, microseconds: START + timedelta(hours=hours, microseconds=microseconds),
        st.integers(-2, 74),
        st.sampled_from([-1, 0, 1, 1_800_000_000, 1_799_999_999]),
    ),
    st.integers(-3_600, 76 * 3_600).map(lambda seconds: START + timedelta(seconds=seconds)),
)
CALLS = st.tuples(
    INSTANTS,
    st.sampled_from(["US", "EU", None]),
    st.decimals(min_value=-1_000, max_value=10**6, places=9),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.lists(CALLS, min_size=1, max_size=6)),
        st.tuples(st.just("send again"), st.integers(0, 30)),
        st.tuples(st.just("void"), st.lists(st.integers(0, 30), min_size=1, max_size=3)),
        st.tuples(st.just("roll"), st.none()),
        st.tuples(st.just("snapshot"), st.none()),
    ),
    min_size=3,
    max_size=14,
)

Counted = Mapping[tuple[Dimensions, Period], tuple[Decimal, int]]


@dataclass
class Seen:
    """A snapshot and the events that count in it."""

    snapshot: str
    events: Sequence[MeteredEvent]


@dataclass
class World:
    """A customer, what was sent for it, and what of it is void."""

    meters: Sequence[Meter]
    bodies: list[dict[str, object]] = field(default_factory=list)
    keys: dict[int, UUID] = field(default_factory=dict)
    void: set[int] = field(default_factory=set)
    seen: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.customer = make.customer(f"acme-{uuid4()}", "Acme")
        self.source = make.source(make.partner(self.customer, name=f"{uuid4()}"), mode="live")

    def send(self, calls: Sequence[tuple[datetime, str | None, Decimal]]) -> None:
        first = len(self.bodies)
        for number, (instant, region, minutes) in enumerate(calls, start=first):
            self.bodies.append(
                make.call_body(
                    f"call-{number:03}", customer_id=self.customer.external_id, region=region,
                    outcome=None, minutes=minutes, occurred_at=instant.isoformat(),
                )
            )  # fmt: skip
        for number, outcome in enumerate(
            make.accepted(self.source, self.bodies[first:]), start=first
        ):
            assert outcome.status == "accepted"
            assert outcome.key
            self.keys[number] = outcome.key

    def send_again(self, number: int) -> None:
        for body in self.bodies[number : number + 2]:
            (outcome,) = make.accepted(self.source, [body])
            assert outcome.status == "duplicate"

    def make_void(self, numbers: Sequence[int]) -> None:
        wanted = {number for number in numbers if number in self.keys}
        voided = store.void(
            [NewVoid(self.keys[number], "sent by mistake") for number in wanted],
            voided_at=make.NOW,
        )
        assert voided.new == {self.keys[number] for number in wanted - self.void}
        self.void |= wanted

    def look(self) -> None:
        events = [
            MeteredEvent(
                datetime.fromisoformat(str(body["occurred_at"])),
                str(body["idempotency_key"]),
                body["properties"],  # type: ignore[arg-type]
            )
            for number, body in enumerate(self.bodies)
            if number not in self.void
        ]
        self.seen.append(Seen(store.snapshot(), events))

    def stored(
        self, meter: Meter, parts: Sequence[Period], snapshot: str, unless_in: str | None = None
    ) -> Counted:
        return counted(
            store.aggregate(
                customer_id=self.customer.pk,
                meter_ids=[meter.pk],
                slices=parts,
                snapshot=snapshot,
                unless_in=unless_in,
            )
        )


def counted(rows: Sequence[StoredQuantity]) -> Counted:
    combinations = {row.pk: tuple(sorted(row.values.items())) for row in DimensionSet.objects.all()}
    found = {
        (combinations[row.dimensions_id], row.slice): (row.quantity, row.events) for row in rows
    }
    assert len(found) == len(rows)
    return found


def engine(meter: Meter, events: Sequence[MeteredEvent], cuts: Sequence[datetime]) -> Counted:
    return {
        (quantity.dimensions, quantity.period): (Decimal(quantity.quantity), quantity.events)  # type: ignore[arg-type]
        for quantity in aggregate(meter.terms(), events, NOVEMBER, cuts)
    }


def less(later: Counted, earlier: Counted) -> Counted:
    nothing = (Decimal(0), 0)
    change = {}
    for place in later.keys() | earlier.keys():
        (quantity, events), (before, events_before) = (
            later.get(place, nothing), earlier.get(place, nothing),
        )  # fmt: skip
        if (quantity, events) != (before, events_before):
            change[place] = quantity - before, events - events_before
    return change


@pytest.mark.usefixtures("committed")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, cuts=st.lists(INSTANTS, max_size=4))
def test_every_snapshot_shows_what_the_engine_counts(
    steps: list[tuple[str, object]], cuts: list[datetime]
) -> None:
    Meter.objects.get_or_create(
        legal_entity=make.northwind(), code="CALLS", display_name="Calls", event_name="ai_call",
        aggregation="count",
        group_keys=["region"], unit="call",
    )  # fmt: skip
    Meter.objects.get_or_create(
        legal_entity=make.northwind(), code="MINUTES", display_name="Minutes", event_name="ai_call",
        aggregation="sum",
        property="duration_minutes", group_keys=["region"], unit="minute", allows_negative=True,
    )  # fmt: skip
    world = World(list(Meter.objects.all()))
    do = {
        "send": world.send, "send again": world.send_again, "void": world.make_void,
        "roll": lambda _: store.roll(), "snapshot": lambda _: world.look(),
    }  # fmt: skip
    for name, argument in steps:
        do[name](argument)  # type: ignore[operator]
    world.look()

    parts = NOVEMBER.split(cuts)
    for meter in world.meters:
        wanted = [engine(meter, seen.events, cuts) for seen in world.seen]
        answer = partial(world.stored, meter, parts)
        assert [answer(seen.snapshot) for seen in world.seen] == wanted
        assert [
            answer(world.seen[-1].snapshot, unless_in=seen.snapshot) for seen in world.seen
        ] == [less(wanted[-1], each) for each in wanted]
    assert list(differences()) == []
