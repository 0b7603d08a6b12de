"""What events take on disk and in the log that the database writes ahead."""

from django.db import connection

_RELATIONS = """
    SELECT coalesce(parent.relname, c.relname), index.relname,
           sum(pg_table_size(c.oid)) FILTER (WHERE index.relname IS NULL),
           sum(pg_relation_size(index.oid))
    FROM pg_class AS c
    LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid
    LEFT JOIN pg_class AS parent ON parent.oid = i.inhparent
    LEFT JOIN LATERAL (
        SELECT NULL::name AS relname, NULL::oid AS oid
        UNION ALL
        SELECT regexp_replace(x.relname, '_[0-9]+(_[0-9]+)?_', '_')::name, x.oid
        FROM pg_index AS of JOIN pg_class AS x ON x.oid = of.indexrelid WHERE of.indrelid = c.oid
    ) AS index ON true
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
      AND coalesce(parent.relname, c.relname) IN ('usage_key', 'usage_record', 'usage_hour')
    GROUP BY 1, 2 ORDER BY 1, 2 NULLS FIRST
"""


def wal_position() -> str:
    """Return how far the log has been written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn()::text")
        return str(cursor.fetchone()[0])


def wal_bytes(since: str) -> int:
    """Return how many bytes of log were written since a position."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn() - %s::pg_lsn", [since])
        return int(cursor.fetchone()[0])


def print_sizes(*, events: int, body_bytes: float) -> None:
    """Print the bytes that each event takes in every table and index of the store."""
    with connection.cursor() as cursor:
        cursor.execute(_RELATIONS)
        rows = cursor.fetchall()
    print(f"\n{'bytes an event on disk':<52}{'table':>10}{'index':>8}")
    whole = 0.0
    for table, index, table_bytes, index_bytes in rows:
        size = float(table_bytes if index is None else index_bytes) / events
        whole += size
        column = f"{size:>10.1f}" if index is None else f"{size:>18.1f}"
        print(f"{index or table:<52}{column}")
    print(f"{'all':<52}{whole:>10.1f}")
    print(f"{'all but the bodies as they were sent':<52}{whole - body_bytes:>10.1f}")
