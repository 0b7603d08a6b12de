"""
How long the month's quantities of all customers take, beside DuckDB on the same rows.

`python3 run.py benchmark aggregate` stores a million readings of a thousand customers (`--rows
10000000` for ten million) and adds them up by customer, meter and combination: from the records,
from the rollups, and as bills ask for them, customer by customer. DuckDB does the same on the
same rows in Parquet, which is the limit. All is measured in one run; of three rounds the best
counts. Every way must come to the same.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import django

django.setup()

import duckdb
from django.db import connection

from benchmarks.ingesting.world import World, empty_database, make_world
from usage.store import store
from usage.store.partitions import ensure_months, month_bounds
from values.period import Period

NOVEMBER = Period(*month_bounds(2024, 11))
ROUNDS = 3

Quantities = set[tuple[int, int, int, Decimal, int]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one way took, in seconds."""

    name: str
    seconds: float


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="benchmark aggregate")
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with empty_database(), tempfile.TemporaryDirectory() as folder:
        world = make_world()
        _fill(world, rows)
        roll = _measured("rolling them up, once", store.roll, rounds=1)
        parquet = _parquet(Path(folder))
        ways: list[tuple[str, Callable[[], Quantities]]] = [
            ("DuckDB, from Parquet", lambda: _from_duckdb(parquet)),
            ("from the records", _from_records),
            ("from the rollups", _from_rollups),
            (f"from the store, {len(world.customers):,} customers", lambda: _from_store(world)),
        ]
        answers = [way() for _, way in ways]
        assert all(answer == answers[0] for answer in answers)
        measured = [_measured(name, way, rounds=ROUNDS) for name, way in ways]
        hours = _one("SELECT count(*) FROM usage_hour")
    print(f"{rows:,} readings in {hours:,} rollups come to {len(answers[0]):,} quantities")
    _print([*measured, roll])


def _fill(world: World, rows: int) -> None:
    """Store readings by the shortest way there is: nobody measures it here."""
    ensure_months([NOVEMBER.start])
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO usage_record (occurred_at, received_at, key, customer_id, meter_id,
                dimensions_id, source_id, quantity, event_name, idempotency_key, sent)
            SELECT %(start)s + n * ((%(end)s - %(start)s) / %(rows)s), %(start)s,
                   lpad(to_hex(n), 32, '0')::uuid,
                   (%(customers)s::int[])[1 + (hashint8(n) & 65535) %% %(many)s], %(meter)s,
                   (%(combinations)s::int[])[1 + n %% %(different)s], %(source)s,
                   round((1 + n * 7919 %% 1800) / 60.0, 4), 'ai_call', 'call-' || n, '{}'
            FROM generate_series(0::bigint, %(rows)s - 1) AS n
            """,
            {
                "start": NOVEMBER.start, "end": NOVEMBER.end, "rows": rows,
                "customers": [pk for pk, _ in world.customers], "many": len(world.customers),
                "meter": world.meter_id, "combinations": list(world.combinations),
                "different": len(world.combinations), "source": world.source.pk,
            },
        )  # fmt: skip
        cursor.execute("ANALYZE usage_record")


def _parquet(folder: Path) -> Path:
    """Return a file of Parquet with what the readings hold."""
    text, parquet = folder / "readings.csv", folder / "readings.parquet"
    with connection.cursor() as cursor, text.open("wb") as file:
        statement = """
            COPY (SELECT occurred_at AT TIME ZONE 'UTC', customer_id, meter_id, dimensions_id,
                         round(quantity, 6)
                  FROM usage_reading) TO STDOUT (FORMAT csv)
        """
        with cursor.copy(statement) as copy:
            for part in copy:
                file.write(part)
    duckdb.execute(
        f"""
        COPY (SELECT * FROM read_csv('{text}', header = false, columns = {{
            'occurred_at': 'TIMESTAMP', 'customer_id': 'INTEGER', 'meter_id': 'INTEGER',
            'dimensions_id': 'INTEGER', 'quantity': 'DECIMAL(18, 6)'}}))
        TO '{parquet}' (FORMAT parquet)
        """  # noqa: S608  a path of our own
    )
    return parquet


def _from_duckdb(parquet: Path) -> Quantities:
    start, end = (instant.replace(tzinfo=None) for instant in (NOVEMBER.start, NOVEMBER.end))
    found = duckdb.execute(
        f"""
        SELECT customer_id, meter_id, dimensions_id, sum(quantity), count(*)
        FROM read_parquet('{parquet}') WHERE occurred_at >= ? AND occurred_at < ?
        GROUP BY ALL
        """,  # noqa: S608  a path of our own
        [start, end],
    )
    return _quantities(found.fetchall())


def _from_records() -> Quantities:
    return _found("usage_reading", "occurred_at", "count(*)")


def _from_rollups() -> Quantities:
    return _found("usage_hour", "hour", "sum(events)::bigint")


def _found(table: str, time_column: str, events: str) -> Quantities:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT customer_id, meter_id, dimensions_id, sum(quantity), {events}
            FROM {table} WHERE {time_column} >= %s AND {time_column} < %s GROUP BY 1, 2, 3
            """,  # noqa: S608  names of ours
            [NOVEMBER.start, NOVEMBER.end],
        )
        return _quantities(cursor.fetchall())


def _from_store(world: World) -> Quantities:
    snapshot = store.snapshot()
    return {
        (customer_id, row.meter_id, row.dimensions_id, round(row.quantity, 6), row.events)
        for customer_id, _ in world.customers
        for row in store.aggregate(
            customer_id=customer_id,
            meter_ids=[world.meter_id],
            slices=[NOVEMBER],
            snapshot=snapshot,
        )
    }


def _quantities(rows: Sequence[tuple[int, int, int, Decimal, int]]) -> Quantities:
    return {(*place, round(quantity, 6), events) for *place, quantity, events in rows}  # type: ignore[misc]


def _one(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


def _measured(name: str, work: Callable[[], object], *, rounds: int) -> Measured:
    taken = []
    for _ in range(rounds):
        started_at = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started_at)
    return Measured(name, min(taken))


def _print(measured: Sequence[Measured]) -> None:
    print(f"{'what':<40}{'seconds':>10}{'times the limit':>18}")
    for each in measured:
        print(f"{each.name:<40}{each.seconds:>10.3f}{each.seconds / measured[0].seconds:>18.1f}")


if __name__ == "__main__":
    main()
