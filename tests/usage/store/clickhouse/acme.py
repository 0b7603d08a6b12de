"""Acme's calls of November, stored and committed, and what both databases say of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from accounts.models import Customer
from tests import factories as make
from usage.intake.sent_event import event_key_of
from usage.models import Meter, Source
from usage.operations.dimension_sets import dimension_set_ids
from usage.store.clickhouse.client import query
from usage.store.clickhouse.mark import moved_until
from usage.store.clickhouse.mover import move
from usage.store.interface import NewEvent, NewReading, NewVoid
from usage.store.partitions import ensure_months
from usage.store.postgres import PostgresUsageStore
from values.period import Period

NOVEMBER = Period(datetime(2024, 11, 1, tzinfo=UTC), datetime(2024, 12, 1, tzinfo=UTC))
TEN = datetime(2024, 11, 5, 10, tzinfo=UTC)


def set_up() -> Customer:
    """Return Acme, with a source and a meter."""
    acme = make.acme()
    make.source(make.partner(acme))
    dimension_set_ids([(make.ai_call_meter().pk, "{}")])
    return acme


def key_of(name: str) -> UUID:
    return event_key_of(Source.objects.get().pk, name)


def send(
    name: str, *, minutes: str = "5", at: datetime = TEN, sent: str = "{}", meters: int = 1
) -> NewEvent:
    """Append and commit a call that a meter counts, or two."""
    event = call(name, minutes=minutes, at=at, sent=sent, meters=meters)
    append([event])
    return event


def append(events: Sequence[NewEvent]) -> None:
    """Append and commit these."""
    ensure_months(event.occurred_at for event in events)
    with transaction.atomic():
        PostgresUsageStore().append(events, received_at=make.NOW)


def call(
    name: str, *, minutes: str = "5", at: datetime = TEN, sent: str = "{}", meters: int = 1
) -> NewEvent:
    """Return a call that a meter counts, or two."""
    counting = [make.ai_call_meter(), *([_other_meter()] if meters > 1 else [])]
    dimensions = dimension_set_ids([(meter.pk, "{}") for meter in counting])
    return NewEvent(
        key=key_of(name),
        fingerprint=7,
        source_id=Source.objects.get().pk,
        customer_id=Customer.objects.get().pk,
        occurred_at=at,
        event_name="ai_call",
        idempotency_key=name,
        sent=sent,
        readings=tuple(
            NewReading(meter.pk, dimensions[meter.pk, "{}"], Decimal(minutes)) for meter in counting
        ),
    )


def _other_meter() -> Meter:
    return Meter.objects.create(
        legal_entity=make.northwind(),
        code="CALLS",
        display_name="Calls",
        event_name="ai_call",
        aggregation="count",
        unit="call",
    )


def void(store: PostgresUsageStore, *names: str) -> None:
    voids = [NewVoid(key_of(name), "sent by mistake") for name in names]
    assert not store.void(voids, voided_at=make.NOW).missing


def move_all(*, rows_in_a_step: int = 100) -> None:
    assert move(goes_on=lambda: True, rows_in_a_step=rows_in_a_step)


def total(
    store: PostgresUsageStore,
    *,
    snapshot: str | None = None,
    unless_in: str | None = None,
    span: Period = NOVEMBER,
) -> tuple[Decimal | int, int]:
    """Return the minutes and the events of November."""
    rows = store.aggregate(
        customer_id=Customer.objects.get().pk,
        meter_ids=[make.ai_call_meter().pk],
        slices=[span],
        snapshot=snapshot or store.snapshot(),
        unless_in=unless_in,
    )
    return sum((row.quantity for row in rows), Decimal(0)), sum(row.events for row in rows)


def listed(store: PostgresUsageStore, *, snapshot: str | None = None) -> list[str]:
    """Return the names of November's calls in order."""
    return [
        event.idempotency_key
        for event in store.events(
            customer_id=Customer.objects.get().pk,
            meter_id=make.ai_call_meter().pk,
            span=NOVEMBER,
            snapshot=snapshot or store.snapshot(),
        )
    ]


def rows_there(table: str = "usage_record", *, once: bool = True) -> int:
    """Return how many rows ClickHouse has, each once or as they lie on its disk."""
    ((rows,),) = query(f"SELECT count() FROM {table} {'FINAL' if once else ''}")
    return int(rows)


def waiting() -> int:
    """Return how many records have not moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM usage_record WHERE ingest_tx >= %s::text::xid8",
            [str(moved_until().ingest_tx)],
        )
        return int(cursor.fetchone()[0])


def forget_november() -> None:
    """Take the month's records away from PostgreSQL, as archiving does."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE usage_record_2024_11")
