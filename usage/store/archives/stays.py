"""Which events of a month stay in the database when the others go into a file."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import connection

from usage.store.archives.needs import Needs
from values.calendar import local_date, local_midnight
from values.period import Period

_AT_ONCE = 5_000
_DAY = timedelta(days=1)
_TABLES = """
    DROP TABLE IF EXISTS usage_asked_snapshot, usage_asked_instant, usage_asked_history,
        usage_asked_midnight, usage_stays;
    CREATE TEMP TABLE usage_asked_snapshot (
        customer_id integer, starts_at timestamptz, ends_at timestamptz, snapshot pg_snapshot);
    CREATE TEMP TABLE usage_asked_instant (customer_id integer, instant timestamptz);
    CREATE TEMP TABLE usage_asked_history (customer_id integer, meter_id integer);
    CREATE TEMP TABLE usage_asked_midnight (zone text, instant timestamptz);
    CREATE TEMP TABLE usage_stays (
        occurred_at timestamptz, key uuid, PRIMARY KEY (occurred_at, key));
"""


def choose_stays(*, partition: str, month: Period, needs: Needs) -> int:
    """
    Write which of a partition's events stay into the table `usage_stays` of this session.

    Beside what is needed, these are events of hours that midnight cuts where the customer is,
    since days are looked at there, and those of levels, which go on for ever. Returns how many
    they are. Nothing that is written here holds up the rollups for long.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
    _fill("usage_asked_snapshot", ("int4", "timestamptz", "timestamptz", "pg_snapshot"),
          needs.snapshots)  # fmt: skip
    _fill("usage_asked_instant", ("int4", "timestamptz"), needs.instants)
    _fill("usage_asked_history", ("int4", "int4"), needs.histories)
    _fill("usage_asked_midnight", ("text", "timestamptz"), _cutting_midnights(month))
    with connection.cursor() as cursor, tempfile.TemporaryFile() as found:
        cursor.execute("ANALYZE usage_asked_snapshot, usage_asked_instant, usage_asked_history")
        # Found first and written then: a long statement that writes would hold up the rollups.
        with cursor.copy(f"COPY ({_STAYS.format(partition=partition)}) TO STDOUT") as copy:
            for part in copy:
                found.write(part)
        found.seek(0)
        with cursor.copy("COPY usage_stays FROM STDIN") as copy:
            while piece := found.read(2**16):
                copy.write(piece)
        cursor.execute("ANALYZE usage_stays")
        cursor.execute("SELECT count(*) FROM usage_stays")
        return int(cursor.fetchone()[0])


_STAYS = """
    SELECT r.occurred_at, r.key
    FROM usage_asked_snapshot AS s
    JOIN {partition} AS r ON r.customer_id = s.customer_id
     AND r.occurred_at >= s.starts_at AND r.occurred_at < s.ends_at
     AND r.ingest_tx >= pg_snapshot_xmin(s.snapshot)
    WHERE NOT pg_visible_in_snapshot(r.ingest_tx, s.snapshot)
    UNION
    SELECT r.occurred_at, r.key
    FROM usage_asked_snapshot AS s
    JOIN usage_void AS v ON v.customer_id = s.customer_id
     AND v.occurred_at >= s.starts_at AND v.occurred_at < s.ends_at
    JOIN {partition} AS r ON r.occurred_at = v.occurred_at AND r.key = v.key
    WHERE NOT pg_visible_in_snapshot(v.ingest_tx, s.snapshot)
    UNION
    SELECT r.occurred_at, r.key
    FROM (
        SELECT customer_id, usage_hour_of(instant) AS hour FROM usage_asked_instant
        WHERE usage_hour_of(instant) <> instant
        UNION
        SELECT c.id, usage_hour_of(m.instant)
        FROM usage_asked_midnight AS m JOIN accounts_customer AS c ON c.timezone = m.zone
    ) AS cut
    JOIN {partition} AS r ON r.customer_id = cut.customer_id
     AND r.occurred_at >= cut.hour AND r.occurred_at < cut.hour + interval '1 hour'
    UNION
    SELECT r.occurred_at, r.key
    FROM {partition} AS r
    WHERE r.meter_id IN (SELECT id FROM usage_meter WHERE aggregation = 'weighted_sum')
    UNION
    SELECT r.occurred_at, r.key
    FROM usage_asked_history AS h
    JOIN {partition} AS r ON r.customer_id = h.customer_id AND r.meter_id = h.meter_id
"""


def _fill(table: str, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows in pieces: what yields them may read over the same connection."""
    arrays = ", ".join(f"%s::{each}[]" for each in types)
    following = iter(rows)
    while piece := list(islice(following, _AT_ONCE)):
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} SELECT * FROM unnest({arrays})",
                [list(column) for column in zip(*piece, strict=True)],
            )


def _cutting_midnights(month: Period) -> list[tuple[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT timezone FROM accounts_customer")
        zones = [zone for (zone,) in cursor.fetchall()]
    found = []
    for zone in zones:
        day = local_date(month.start, zone)
        while (midnight := local_midnight(day, zone)) < month.end:
            if midnight.minute:
                found.append((zone, midnight))
            day += _DAY
    return found
