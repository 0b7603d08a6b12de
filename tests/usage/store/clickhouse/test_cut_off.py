"""A connection that is cut while rows go over it: the mover says so, and the next one moves all."""

import pytest
from django.db import connection

from tests.flows.processes import environ, manage
from tests.usage.store.clickhouse import acme
from tests.usage.store.clickhouse.acme import move_all, rows_there, send, total, waiting
from tests.usage.store.clickhouse.dropping import dropping_inserts
from usage.store.clickhouse.store import ClickHouseUsageStore

# More than the buffers between two processes take: the mover still sends when it is hung up on.
EVENTS, BODY_BYTES = 30, 1_000_000


@pytest.fixture
def long_events(clickhouse: ClickHouseUsageStore) -> None:
    acme.set_up()
    send("first")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO usage_record (occurred_at, received_at, key, customer_id, meter_id,
                dimensions_id, source_id, quantity, event_name, idempotency_key, sent)
            SELECT occurred_at, received_at, gen_random_uuid(), customer_id, meter_id,
                   dimensions_id, source_id, 1, event_name, 'call-' || number, repeat('x', %s)
            FROM usage_record, generate_series(1, %s) AS number
            """,
            [BODY_BYTES, EVENTS],
        )


@pytest.mark.usefixtures("long_events")
def test_a_mover_that_is_cut_off_ends_and_leaves_all_to_the_next(
    clickhouse: ClickHouseUsageStore, clickhouse_url: str
) -> None:
    with dropping_inserts(clickhouse_url) as url:
        # In a process that is given up on where it waits for ever.
        ended = manage(
            "usage_clickhouse", "move",
            variables=environ(USAGE_STORE="clickhouse", CLICKHOUSE_URL=url, LOG_LEVEL="ERROR"),
        )  # fmt: skip

    assert (ended.returncode, waiting()) == (1, EVENTS + 1)
    assert "CommandError: ClickHouse, where usage is kept, says: " in ended.stderr
    assert total(clickhouse) == (5 + EVENTS, 1 + EVENTS)

    move_all()

    assert (rows_there(), waiting()) == (EVENTS + 1, 0)
    assert total(clickhouse) == (5 + EVENTS, 1 + EVENTS)
