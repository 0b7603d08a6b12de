"""A month's rollups held against its records, those in files and those in the database."""

from collections.abc import Iterable, Iterator

from django.db import connection, transaction

from usage.store.rollups import Difference
from values.period import Period

_KEPT_CELLS = 9
_TABLE = """
    CREATE TEMP TABLE usage_unpacked (
        customer_id integer, occurred_at timestamptz, key uuid, meter_id integer,
        dimensions_id integer, source_id integer, quantity numeric, received_at timestamptz,
        ingest_tx xid8
    ) ON COMMIT DROP
"""


def differences_of(month: Period, *, filed: Iterable[bytes]) -> Iterator[Difference]:
    """
    Yield the hours of a month whose rollup is not what records below the mark add up to.

    `filed` are the rows of the month's files, beside which the database has the others. They are
    unpacked into a table that is gone afterwards; memory does not grow with them.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TABLE)
        with cursor.copy("COPY usage_unpacked FROM STDIN") as copy:
            for line in filed:
                copy.write(b"\t".join(line.split(b"\t", _KEPT_CELLS)[:_KEPT_CELLS]) + b"\n")
        cursor.execute("CREATE INDEX ON usage_unpacked (key); ANALYZE usage_unpacked")
        cursor.execute(_DIFFERENCES, {"start": month.start, "end": month.end})
        for customer_id, meter_id, dimensions_id, hour, *sums in cursor.fetchall():
            rolled, rolled_events, recorded, recorded_events = sums
            yield Difference(
                customer_id=customer_id,
                meter_id=meter_id,
                dimensions_id=dimensions_id,
                hour=hour,
                rolled=(rolled, rolled_events),
                recorded=(recorded, recorded_events),
            )


_DIFFERENCES = """
    WITH mark AS (SELECT ingest_tx FROM usage_mark), stored AS (
        SELECT customer_id, meter_id, dimensions_id, occurred_at, key, quantity
        FROM usage_record
        WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND meter_id <> 0
          AND ingest_tx < (SELECT ingest_tx FROM mark)
        UNION ALL
        SELECT customer_id, meter_id, dimensions_id, occurred_at, key, quantity
        FROM usage_unpacked WHERE meter_id <> 0
    ), recorded AS (
        SELECT customer_id, meter_id, dimensions_id, usage_hour_of(occurred_at) AS hour,
               sum(quantity) AS quantity, count(*) AS events
        FROM stored
        WHERE NOT EXISTS (SELECT 1 FROM usage_void AS v WHERE v.key = stored.key
                          AND v.ingest_tx < (SELECT ingest_tx FROM mark))
        GROUP BY 1, 2, 3, 4
    ), rolled AS (
        SELECT * FROM usage_hour WHERE hour >= %(start)s AND hour < %(end)s
    )
    SELECT customer_id, meter_id, dimensions_id, hour, coalesce(h.quantity, 0),
           coalesce(h.events, 0), coalesce(r.quantity, 0), coalesce(r.events, 0)
    FROM recorded AS r FULL JOIN rolled AS h USING (customer_id, meter_id, dimensions_id, hour)
    WHERE (coalesce(h.quantity, 0), coalesce(h.events, 0))
          <> (coalesce(r.quantity, 0), coalesce(r.events, 0))
    ORDER BY customer_id, meter_id, hour, dimensions_id
"""
