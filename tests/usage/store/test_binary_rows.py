"""Rows written for COPY come back as they were."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from tests import factories as make
from usage.intake.sent_event import event_key_of
from usage.store import store
from usage.store.interface import NewEvent, NewReading
from usage.store.partitions import ensure_months

pytestmark = pytest.mark.django_db

RECEIVED = datetime(2024, 11, 6, 0, 0, 0, 1, tzinfo=UTC)
# Before and after the year from which PostgreSQL counts; to the microsecond.
TIMES = (
    datetime(2000, 1, 1, tzinfo=UTC),
    datetime(2024, 11, 5, 10, 59, 59, 999_999, tzinfo=UTC),
    datetime(2024, 11, 30, 23, 59, 59, tzinfo=UTC),
)
NUMBERS = ("0", "5", "5.0", "0.000000000000000001", "1000000000000", "-2.50", "10000", "12345.6789")
TEXTS = ("plain", "ünï ☎ 電話", 'quotes " \\ and \t tabs', "x" * 5_000)


def events() -> list[NewEvent]:
    return [
        NewEvent(
            key=event_key_of(1, f"{number} {text[:20]}"),
            fingerprint=(-1) ** place * (2**63 - 1 - place),
            source_id=7,
            customer_id=2**31 - 1,
            occurred_at=TIMES[place % len(TIMES)],
            event_name=f"name {text[:20]}",
            idempotency_key=text,
            sent=f'{{"text":"{text}"}}',
            readings=tuple(
                NewReading(meter, 40 + meter, Decimal(number)) for meter in range(1, place % 3 + 1)
            ),
        )
        for place, (number, text) in enumerate(
            (number, text) for number in NUMBERS for text in TEXTS
        )
    ]


def expected(event: NewEvent) -> list[tuple[object, ...]]:
    said = (event.event_name, event.idempotency_key, event.sent)
    readings = event.readings or (NewReading(0, 0, Decimal(0)),)
    return [
        (
            event.key, event.occurred_at, RECEIVED, event.customer_id, event.source_id,
            reading.meter_id, reading.dimensions_id, f"{reading.quantity:f}",
            *(said if place == 0 else (None, None, None)),
        )
        for place, reading in enumerate(readings)
    ]  # fmt: skip


@pytest.mark.parametrize("copies_keys", [False, True], ids=["few keys", "many keys"])
def test_every_value_comes_back_to_the_last_digit(
    copies_keys: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.northwind()
    if copies_keys:
        monkeypatch.setattr("usage.store.keys._MANY", 1)
    ensure_months(TIMES)
    sent = events()

    with transaction.atomic():
        store.append(sent, received_at=RECEIVED)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, occurred_at, received_at, customer_id, source_id, meter_id,"
            " dimensions_id, quantity::text, event_name, idempotency_key, sent FROM usage_record"
            " ORDER BY key, meter_id"
        )
        rows = cursor.fetchall()
        cursor.execute("SELECT key, fingerprint, occurred_at FROM usage_key ORDER BY key")
        keys = cursor.fetchall()
    in_order = sorted(sent, key=lambda event: event.key)
    assert rows == [row for event in in_order for row in expected(event)]
    assert keys == [(event.key, event.fingerprint, event.occurred_at) for event in in_order]
