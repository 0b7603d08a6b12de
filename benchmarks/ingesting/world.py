"""An empty database, a seller with a thousand customers, and calls made for them."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.test.utils import get_runner

from tests import factories as make
from usage.intake.sent_event import event_key_of
from usage.models import Source
from usage.operations.dimension_sets import combination_text, dimension_set_ids
from usage.store.interface import NewEvent, NewReading
from usage.store.partitions import ensure_months

CUSTOMERS = 1_000
REGIONS = ("US", "EU", "APAC")
START = datetime(2024, 11, 1, tzinfo=UTC)
# A month of twenty million.
APART = timedelta(milliseconds=125)


@dataclass(frozen=True, slots=True)
class World:
    """Whose calls they are, and what counts them."""

    source: Source
    customers: tuple[tuple[int, str], ...]
    meter_id: int
    combinations: tuple[int, ...]


@contextmanager
def empty_database() -> Iterator[None]:
    """A database of its own, dropped at the end."""
    settings.SECURE_SSL_REDIRECT = False
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(databases)


def make_world() -> World:
    """Return a thousand customers of one partner, and the meter of their calls."""
    customers = [make.customer(f"customer-{n}", f"Customer {n}") for n in range(CUSTOMERS)]
    meter = make.ai_call_meter()
    pairs = [(meter.pk, combination_text({"region": region})) for region in REGIONS]
    ids = dimension_set_ids(pairs)
    ensure_months([START, START + timedelta(days=40)])
    return World(
        source=make.source(make.partner(*customers), mode="live"),
        customers=tuple((each.pk, each.external_id) for each in customers),
        meter_id=meter.pk,
        combinations=tuple(ids[pair] for pair in pairs),
    )


def calls(world: World, *, first: int, count: int) -> list[NewEvent]:
    """Return calls number `first` and on, ready to be stored; the same numbers, the same calls."""
    chance = random.Random(first)  # noqa: S311  the same calls in every run
    return [_call(world, number, chance) for number in range(first, first + count)]


def _call(world: World, number: int, chance: random.Random) -> NewEvent:
    occurred_at = START + number * APART
    customer_id, external_id = chance.choice(world.customers)
    seconds = chance.randrange(1, 1_800)
    region = chance.randrange(len(REGIONS))
    key = str(_uuid7(occurred_at, chance))
    minutes = Decimal(seconds) / 60
    return NewEvent(
        key=event_key_of(world.source.pk, key),
        fingerprint=chance.getrandbits(63),
        source_id=world.source.pk,
        customer_id=customer_id,
        occurred_at=occurred_at,
        event_name="ai_call",
        idempotency_key=key,
        sent=(
            f'{{"customer":"{external_id}","event_name":"ai_call","idempotency_key":"{key}",'
            f'"occurred_at":"{occurred_at.isoformat()}","properties":{{"region":'
            f'"{REGIONS[region]}","duration_seconds":{seconds},"call_id":"CA{number:032}",'
            f'"from":"+1312555{number % 10_000:04}","to":"+1646555{seconds:04}"}}}}'
        ),
        readings=(
            NewReading(world.meter_id, world.combinations[region], round(minutes, 4)),
        ),
    )  # fmt: skip


def _uuid7(instant: datetime, chance: random.Random) -> UUID:
    milliseconds = (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    bits = milliseconds << 80 | 7 << 76 | chance.getrandbits(12) << 64
    return UUID(int=bits | 2 << 62 | chance.getrandbits(62))
