"""Whatever is sent, made void, rolled up and archived: each snapshot goes on showing the same."""

from contextlib import suppress
from datetime import date, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories as make
from tests.usage.archives import NOVEMBER as NOVEMBER_2024
from tests.usage.archives import archived
from tests.usage.store.test_rollups import CALLS, INSTANTS, NOVEMBER, STEPS, World, engine, less
from usage.models import Meter
from usage.operations.archives.check_archives import archive_faults
from usage.operations.archives.restore_month import restore_month
from usage.store import store
from usage.store.archives.archived import MonthArchived
from usage.store.archives.needs import AskedInstant, AskedSnapshot, Needs
from usage.store.partitions import made_months
from usage.store.rollups import differences
from values.period import Period

LATE = st.lists(CALLS, max_size=4)
MUCH = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def built(steps: list[tuple[str, object]]) -> World:
    """Return a customer of whom all this happened."""
    for code, fields in (
        ("CALLS", {"aggregation": "count", "unit": "call"}),
        ("MINUTES", {"aggregation": "sum", "property": "duration_minutes", "unit": "minute",
                     "allows_negative": True}),
    ):  # fmt: skip
        Meter.objects.get_or_create(
            legal_entity=make.northwind(), code=code,
            defaults={"display_name": code, "event_name": "ai_call", "group_keys": ["region"],
                      **fields},
        )  # fmt: skip
    world = World(list(Meter.objects.all()))
    do = {
        "send": world.send, "send again": world.send_again, "void": world.make_void,
        "roll": lambda _: store.roll(), "snapshot": lambda _: world.look(),
    }  # fmt: skip
    for name, argument in steps:
        do[name](argument)  # type: ignore[operator]
    world.look()
    return world


def needs_of(world: World, instants: list[datetime]) -> Needs:
    """Return that each snapshot of the world is asked again, cut at these instants."""
    customer_id = world.customer.pk
    return Needs(
        snapshots=[
            AskedSnapshot(customer_id, NOVEMBER.start, NOVEMBER.end, seen.snapshot)
            for seen in world.seen
        ],
        instants=[AskedInstant(customer_id, instant) for instant in instants],
    )


def assert_shows(world: World, cuts: list[datetime]) -> None:
    """Hold each snapshot, and what came since, against the engine."""
    parts = NOVEMBER.split(cuts)
    for meter in world.meters:
        wanted = [engine(meter, seen.events, cuts) for seen in world.seen]
        last = world.seen[-1].snapshot
        assert [world.stored(meter, parts, seen.snapshot) for seen in world.seen] == wanted
        assert [
            world.stored(meter, parts, last, unless_in=seen.snapshot) for seen in world.seen
        ] == [less(wanted[-1], each) for each in wanted]


@pytest.mark.usefixtures("committed")
@MUCH
@given(steps=STEPS, cuts=st.lists(INSTANTS, max_size=3), late=LATE)
def test_what_is_asked_again_is_answered_as_before(
    steps: list[tuple[str, object]],
    cuts: list[datetime],
    late: list[tuple[datetime, str | None, object]],
) -> None:
    world = built(steps)
    bounds = [NOVEMBER.start, NOVEMBER.end, *cuts]

    archived(needs=needs_of(world, bounds))
    assert_shows(world, cuts)

    world.send(late)  # type: ignore[arg-type]
    world.look()
    assert_shows(world, cuts)
    store.roll()
    assert_shows(world, cuts)

    archived(needs=needs_of(world, bounds))
    assert_shows(world, cuts)
    assert list(archive_faults(month=NOVEMBER_2024)) == []


@pytest.mark.usefixtures("committed")
@MUCH
@given(steps=STEPS, cuts=st.lists(INSTANTS, max_size=3))
def test_what_was_not_foreseen_is_answered_rightly_or_refused(
    steps: list[tuple[str, object]], cuts: list[datetime]
) -> None:
    world = built(steps)
    archived()
    world.look()
    seen = world.seen[-1]
    parts = NOVEMBER.split(cuts)

    for meter in world.meters:
        with suppress(MonthArchived):
            assert world.stored(meter, parts, seen.snapshot) == engine(meter, seen.events, cuts)


@pytest.mark.usefixtures("committed")
@MUCH
@given(steps=STEPS, late=LATE)
def test_a_month_that_is_brought_back_is_as_if_it_had_never_gone(
    steps: list[tuple[str, object]], late: list[tuple[datetime, str | None, object]]
) -> None:
    world = built(steps)
    was_archived = archived() is not None
    world.send(late)  # type: ignore[arg-type]
    world.look()
    if was_archived:
        restore_month(month=NOVEMBER_2024, now=make.NOW)

    assert_shows(world, [])
    store.roll()
    assert_shows(world, [])
    assert list(differences()) == []


@pytest.mark.usefixtures("committed")
@MUCH
@given(steps=STEPS)
def test_days_of_any_zone_are_answered_when_all_is_archived(
    steps: list[tuple[str, object]],
) -> None:
    world = built(steps)
    customer = world.customer
    customer.timezone = "Asia/Kolkata"
    customer.save()
    days = [datetime.fromisoformat(f"2024-11-0{day}T18:30:00+00:00") for day in (1, 2, 3)]

    archived()
    world.look()

    for meter in world.meters:
        for first, last in pairwise(days):
            found = world.stored(meter, [Period(first, last)], world.seen[-1].snapshot)
            counted = [
                event for event in world.seen[-1].events if first <= event.occurred_at < last
            ]
            assert sum(events for _, events in found.values()) == len(counted)


def test_a_month_of_nothing_is_not_archived(committed: None) -> None:
    assert (1999, 1) not in made_months()

    assert archived(month=date(1999, 1, 1)) is None
