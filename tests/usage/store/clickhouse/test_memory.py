"""How much there is to move or to list makes nothing of memory."""

import tracemalloc
from collections.abc import Iterator

import pytest
from django.db import connection

from accounts.models import Customer
from tests import factories as make
from tests.usage.store.clickhouse import acme
from tests.usage.store.clickhouse.acme import NOVEMBER, move_all, rows_there, send
from usage.store.clickhouse.store import ClickHouseUsageStore

EVENTS, BODY_BYTES, MOST_BYTES = 25_000, 2_500, 40 * 2**20


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.usefixtures("traced")
def test_sixty_megabytes_are_moved_and_listed_in_forty(
    clickhouse: ClickHouseUsageStore,
) -> None:
    acme.set_up()
    send("first")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO usage_record (occurred_at, received_at, key, customer_id, meter_id,
                dimensions_id, source_id, quantity, event_name, idempotency_key, sent)
            SELECT occurred_at + number * interval '1 second', received_at, gen_random_uuid(),
                   customer_id, meter_id, dimensions_id, source_id, 1, event_name,
                   'call-' || number, repeat('x', %s)
            FROM usage_record, generate_series(1, %s) AS number
            """,
            [BODY_BYTES, EVENTS],
        )
    tracemalloc.reset_peak()

    move_all(rows_in_a_step=10 * EVENTS)
    listed = sum(
        1
        for _ in clickhouse.events(
            customer_id=Customer.objects.get().pk,
            meter_id=make.ai_call_meter().pk,
            span=NOVEMBER,
            snapshot=clickhouse.snapshot(),
        )
    )

    assert (rows_there(), listed) == (EVENTS + 1, EVENTS + 1)
    assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
