"""Rows of PostgreSQL as ClickHouse takes them: what a stretch of transactions stored, as text."""

from collections.abc import Generator
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Stretch:
    """The transactions from `start` on, before `end`."""

    start: int
    end: int

    @property
    def condition(self) -> str:
        """Return the condition on `ingest_tx` of a table of PostgreSQL."""
        return f"ingest_tx >= '{self.start:d}'::xid8 AND ingest_tx < '{self.end:d}'::xid8"


_INSTANT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"

RECORD_COLUMNS = (
    "customer_id", "meter_id", "occurred_at", "key", "ingest_tx", "received_at", "dimensions_id",
    "source_id", "quantity", "event_name", "idempotency_key", "sent",
)  # fmt: skip
# Every row with what its event says, which here stands in the event's first row alone: whoever
# lists what a meter counts has it at hand there.
RECORDS = f"""
    SELECT r.customer_id, r.meter_id, {_INSTANT.format("r.occurred_at")}, r.key, r.ingest_tx,
           {_INSTANT.format("r.received_at")}, r.dimensions_id, r.source_id, r.quantity,
           coalesce(r.event_name, e.event_name), coalesce(r.idempotency_key, e.idempotency_key),
           coalesce(r.sent, e.sent)
    FROM (SELECT * FROM usage_record WHERE {{stretch}}) AS r
    LEFT JOIN LATERAL (
        SELECT first.event_name, first.idempotency_key, first.sent FROM usage_event AS first
        WHERE r.sent IS NULL AND first.occurred_at = r.occurred_at AND first.key = r.key
    ) AS e ON true
"""
VOID_COLUMNS = ("customer_id", "occurred_at", "key", "ingest_tx")
VOIDS = f"""
    SELECT customer_id, {_INSTANT.format("occurred_at")}, key, ingest_tx
    FROM usage_void WHERE {{stretch}}
"""


def copied_out(query: str, stretch: Stretch) -> Generator[bytes, None, None]:
    """
    Yield the rows as tab-separated text, as the database sends them: never all at once.

    Until it ends or is closed, whatever else is asked on the connection waits for ever.
    """
    statement = f"COPY ({query.format(stretch=stretch.condition)}) TO STDOUT"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for part in copy:
            yield bytes(part)
