"""
How many events a second come in over HTTP, to the commit: part 3 of the measurements of ingest.

`python3 run.py benchmark ingest_http` starts one and two gunicorn processes on this machine and
sends batches of 1, 100, 1,000 and 10,000 calls to them over loopback, from as many connections
as keep them busy. The ratio is to raw COPY of the same events, as they were sent, into a bare
table without an index: measured in the same run, with as many writers as there are processes.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import django

django.setup()

import psycopg
from django.conf import settings
from django.db import connection, connections
from django.test.utils import get_runner

from tests import factories as make

PROJECT = Path(__file__).parents[1]
SECONDS = float(os.environ.get("INGEST_SECONDS", "8"))
SIZES = (1, 100, 1_000, 10_000)
# A single event waits for its commit: more of them at once share one.
CONNECTIONS = {1: 16, 100: 4, 1_000: 2, 10_000: 2}
COPIED = 100_000

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Rate:
    """Events a second at one size of batch, the median time of a request in milliseconds."""

    events_per_second: float
    milliseconds: float


def main() -> None:
    """Measure every size with one and two processes and print a table."""
    runner = get_runner(settings)(verbosity=0, interactive=False)
    old = runner.setup_databases()
    try:
        make.ai_call_meter()
        key = make.api_key(make.partner(make.acme()))[1]
        for processes in (1, 2):
            limit = raw_copy(writers=processes)
            print(
                f"\n{processes} web process(es); raw COPY, as many writers: {limit:,.0f} events/s"
            )
            with web(processes) as port:
                for size in SIZES:
                    rate = http_batches(port, key, size, name=f"p{processes}-{size}")
                    _print(size, rate, limit)
    finally:
        connections.close_all()
        runner.teardown_databases(old)


def raw_copy(*, writers: int) -> float:
    """Return the events a second of COPY into a bare table, committed in batches of 10,000."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare; CREATE TABLE bare (at timestamptz, sent jsonb)")
    rows = [f"2024-11-05T10:00:00Z\t{json.dumps(call('raw', n))}\n" for n in range(10_000)]
    text = "".join(rows).encode()

    def write() -> None:
        with psycopg.connect(_database_url()) as own:
            for _ in range(COPIED // len(rows)):
                with own.cursor().copy("COPY bare FROM STDIN") as copy:
                    copy.write(text)
                own.commit()

    started = time.perf_counter()
    _at_once([write] * writers)
    return writers * COPIED / (time.perf_counter() - started)


def http_batches(port: int, key: str, size: int, *, name: str) -> Rate:
    """Return the rate of batches of this size, sent for some seconds from several connections."""
    times: list[float] = []
    _post(http.client.HTTPConnection("127.0.0.1", port), key, batch(f"{name}-warm", size), size)

    def send(sender: int) -> int:
        client = http.client.HTTPConnection("127.0.0.1", port)
        sent = 0
        while time.perf_counter() < started + SECONDS:
            body = batch(f"{name}-{sender}-{sent}", size)
            began = time.perf_counter()
            _post(client, key, body, size)
            times.append(time.perf_counter() - began)
            sent += size
        client.close()
        return sent

    started = time.perf_counter()
    senders = [lambda sender=sender: send(sender) for sender in range(CONNECTIONS[size])]
    total = sum(_at_once(senders))
    return Rate(total / (time.perf_counter() - started), 1000 * statistics.median(times))


def batch(name: str, size: int) -> bytes:
    """Return a body: one event alone, or a list of them."""
    if size == 1:
        return json.dumps(call(name, 0)).encode()
    return json.dumps({"events": [call(name, number) for number in range(size)]}).encode()


def call(name: str, number: int) -> dict[str, object]:
    """Return a call as a partner sends it, some 250 bytes."""
    return {
        "customer_id": "acme",
        "event_name": "ai_call",
        "idempotency_key": f"{name}-{number}",
        "occurred_at": f"2024-11-{1 + number % 28:02}T10:{number % 60:02}:00Z",
        "properties": {
            "duration_minutes": number % 50,
            "region": ("US", "EU", "APAC")[number % 3],
            "call_outcome": ("resolved", "transferred", "escalated")[number // 3 % 3],
            "agent": f"agent-{number % 500}",
        },
    }


@contextmanager
def web(processes: int) -> Iterator[int]:
    """Run gunicorn with so many processes until the block ends, and yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "billing_portal.wsgi", "--worker-class", "gthread",
            "--threads", "8", "--workers", str(processes), "--bind", f"127.0.0.1:{port}",
            "--keep-alive", "30", "--log-level", "warning",
        ],
        cwd=PROJECT,
        env={
            **os.environ, "DATABASE_URL": _database_url(), "HTTPS": "false", "LOG_LEVEL": "ERROR",
            "SECRET_KEY": "a key of the measurement alone", "API_REQUESTS_PER_MINUTE": "10000000",
            "API_EVENTS_PER_MINUTE": "1000000000",
        },
    )  # fmt: skip
    try:
        _wait_for(port)
        yield port
    finally:
        running.terminate()
        running.wait()


def _wait_for(port: int) -> None:
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the web processes did not start")


def _post(client: http.client.HTTPConnection, key: str, body: bytes, size: int) -> None:
    path = "/api/v1/events" if size == 1 else "/api/v1/events/batch"
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    client.request("POST", path, body, headers)
    answer = client.getresponse()
    told = json.loads(answer.read())
    accepted = told["status"] == "accepted" if size == 1 else told.get("accepted") == size
    if not accepted:
        raise RuntimeError(f"{answer.status}: {str(told)[:300]}")


def _at_once(works: Sequence[Callable[[], Result]]) -> list[Result]:
    with ThreadPoolExecutor(len(works)) as threads:
        return [done.result() for done in [threads.submit(work) for work in works]]


def _database_url() -> str:
    parameters = connection.get_connection_params()
    user, host = quote(parameters.get("user") or ""), quote(parameters.get("host") or "", safe="")
    port = f"&port={parameters['port']}" if parameters.get("port") else ""
    return f"postgres://{user}@/{parameters['dbname']}?host={host}{port}"


def _print(size: int, rate: Rate, limit: float) -> None:
    print(
        f"  batches of {size:>6,}: {rate.events_per_second:>10,.0f} events/s, "
        f"{rate.milliseconds:8.1f} ms a request, {rate.events_per_second / limit:.3f} of COPY"
    )


if __name__ == "__main__":
    main()
