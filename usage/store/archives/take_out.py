"""A month's partition exchanged for one that holds only what stays."""

from datetime import date

from django.db import connection, transaction

from usage.store.locks import Lock
from usage.store.partitions import month_bounds, partition_name

# All who read or write records wait as long: shorter, and tried again.
_LONGEST_WAIT = "1s"


class RowsDoNotMatch(RuntimeError):
    """The partition's rows are not those of the file and those that stay; nothing was removed."""


class ChangedMeanwhile(RuntimeError):
    """Events of the month came, or became void, since its file was begun; nothing was removed."""


def make_apart(*, month: date, below: str) -> int:
    """
    Make the partition that holds what stays, beside the one that is there; return its rows.

    One that was made before, and not put in, is made anew.
    """
    name = partition_name(month.year, month.month)
    start, end = month_bounds(month.year, month.month)
    bounds = {"start": start, "end": end}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}_kept")
        cursor.execute(f"CREATE TABLE {name}_kept (LIKE usage_record INCLUDING ALL)")
        cursor.execute(
            f"""
            INSERT INTO {name}_kept
            SELECT r.* FROM usage_stays AS s
            JOIN {name} AS r ON r.occurred_at = s.occurred_at AND r.key = s.key
            WHERE r.ingest_tx < %s::xid8
            """,
            [below],
        )
        kept = int(cursor.rowcount)
        # So that it need not be looked through while everybody waits.
        cursor.execute(
            f"ALTER TABLE {name}_kept ADD CONSTRAINT is_of_month"
            " CHECK (occurred_at >= %(start)s AND occurred_at < %(end)s)",
            bounds,
        )
    return kept


def verify_rows(*, month: date, below: str, filed: int, kept: int) -> None:
    """
    Hold the partition's rows against those of the file and those that stay.

    What was stored before `below` does not change any more: what is right now stays right.

    :raises RowsDoNotMatch:
    """
    name = partition_name(month.year, month.month)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name} WHERE ingest_tx < %s::xid8", [below])
        (there,) = cursor.fetchone()
    if there != filed + kept:
        raise RowsDoNotMatch(f"{name} has {there} rows, the file {filed}, and {kept} stay")


def take_out(*, month: date, below: str) -> int:
    """
    Put the partition that was made apart in the place of the month's; return its rows.

    Runs inside the caller's transaction, which should do little else: nobody reads or writes
    records until it ends. A partition that would be empty is not put in: the next late event
    makes it.

    :raises ChangedMeanwhile:
    :raises OperationalError: others had records in hand for too long.
    """
    name = partition_name(month.year, month.month)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_LONGEST_WAIT}'")
        # In the order in which everybody takes them: events under way, which may have found the
        # month to be there, partitions, all records, those of the month.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.ATTRIBUTING])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.PARTITIONS])
        cursor.execute("LOCK TABLE ONLY usage_record IN ACCESS EXCLUSIVE MODE")
        cursor.execute(_CHANGED.format(name=name), {"below": below})
        if cursor.fetchone()[0]:
            raise ChangedMeanwhile("Events of the month came or became void meanwhile; try again.")
        cursor.execute(f"ALTER TABLE usage_record DETACH PARTITION {name}")
        cursor.execute(f"DROP TABLE {name}")
        cursor.execute(f"SELECT count(*) FROM {name}_kept")
        kept = int(cursor.fetchone()[0])
        if not kept:
            cursor.execute(f"DROP TABLE {name}_kept")
            return 0
        cursor.execute(f"ALTER TABLE {name}_kept RENAME TO {name}")
        cursor.execute(
            f"ALTER TABLE usage_record ATTACH PARTITION {name} FOR VALUES FROM (%s) TO (%s)",
            list(month_bounds(month.year, month.month)),
        )
        cursor.execute(f"ALTER TABLE {name} DROP CONSTRAINT is_of_month")
    return kept


# What came is not in the rollups yet. It is not moved here: who began to read before would not
# see it. A void is not taken off the rollups yet, which needs its records. Whoever was making one
# has ended: the records were read for it, and the lock waited for that.
_CHANGED = """
    SELECT EXISTS (SELECT 1 FROM {name} WHERE ingest_tx >= %(below)s::xid8)
        OR EXISTS (
            SELECT 1 FROM usage_void AS v JOIN {name} AS r
              ON r.occurred_at = v.occurred_at AND r.key = v.key
            WHERE v.ingest_tx >= %(below)s::xid8
              AND NOT EXISTS (SELECT 1 FROM usage_stays AS s
                              WHERE s.occurred_at = r.occurred_at AND s.key = r.key)
        )
"""
