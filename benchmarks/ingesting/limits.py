"""The limits of what comes over HTTP: raw COPY for batches, single rows for single events."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import quote

import psycopg
from django.db import connection

ROWS = 10_000
COPIED = 100_000

Result = TypeVar("Result")


def make_bare_table() -> None:
    """Make the table anew: a time, a body, no index."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare; CREATE TABLE bare (at timestamptz, sent jsonb)")


def raw_copy(bodies: Sequence[str], *, writers: int) -> float:
    """Return the events a second of COPY into the bare table, committed in batches of 10,000."""
    rows = [f"2024-11-05T10:00:00Z\t{body}\n" for body in bodies]
    text = "".join(rows).encode()

    def write() -> None:
        with psycopg.connect(database_url()) as own:
            for _ in range(COPIED // len(rows)):
                with own.cursor().copy("COPY bare FROM STDIN") as copy:
                    copy.write(text)
                own.commit()

    started_at = time.perf_counter()
    at_once([write] * writers)
    return writers * COPIED / (time.perf_counter() - started_at)


def single_rows(body: str, *, writers: int, seconds: float) -> float:
    """Return the rows a second, each inserted and committed by itself."""
    ready = threading.Barrier(writers)

    def write() -> int:
        written = 0
        with psycopg.connect(database_url(), autocommit=True, prepare_threshold=0) as own:
            ready.wait()
            stop_at = time.perf_counter() + seconds
            while time.perf_counter() < stop_at:
                own.execute("INSERT INTO bare VALUES ('2024-11-05T10:00:00Z', %s)", [body])
                written += 1
        return written

    return sum(at_once([write] * writers)) / seconds


def at_once(works: Sequence[Callable[[], Result]]) -> list[Result]:
    """Do all of this in threads of their own and return what comes of each."""
    with ThreadPoolExecutor(len(works)) as threads:
        return [done.result() for done in [threads.submit(work) for work in works]]


def database_url() -> str:
    """Return where the measured database is."""
    parameters = connection.get_connection_params()
    user, host = quote(parameters.get("user") or ""), quote(parameters.get("host") or "", safe="")
    port = f"&port={parameters['port']}" if parameters.get("port") else ""
    return f"postgres://{user}@/{parameters['dbname']}?host={host}{port}"
