"""
Events over HTTP, to the commit: batches of 1, 100, 1,000 and 10,000 to one and two web processes.

They come over loopback from as many connections as keep the processes busy. The limits are measured
beside them: raw COPY of the same events by one writer for batches, rows inserted and committed
one by one over as many connections for single events.
"""

import itertools
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ingesting.limits import (
    ROWS,
    at_once,
    database_url,
    make_bare_table,
    raw_copy,
    single_rows,
)
from benchmarks.ingesting.sender import Sender, Template, key_of_event
from benchmarks.ingesting.world import empty_database
from tests import factories as make

PROJECT = Path(__file__).parents[2]
SIZES = (1, 100, 1_000, 10_000)
# A single event waits for its commit: more of them at once share one.
CONNECTIONS = {1: 16, 100: 4, 1_000: 2, 10_000: 2}


@dataclass(frozen=True, slots=True)
class Rate:
    """Events a second at one size of batch, the median time of a request in milliseconds."""

    events_per_second: float
    milliseconds: float


def measure_http(*, seconds: float) -> None:
    """Measure every size for so many seconds, with one and two processes, and print it."""
    with empty_database():
        make.ai_call_meter()
        key = make.api_key(make.partner(make.acme()))[1]
        numbers = itertools.count()
        templates = {size: template(size, api_key=key) for size in SIZES}
        for processes in (1, 2):
            copied, inserted = _limits(seconds)
            print(f"\n{processes} web process(es)")
            with web(processes) as port:
                for size in SIZES:
                    rate = http_batches(port, templates[size], size, seconds, numbers=numbers)
                    _print(size, rate, inserted if size == 1 else copied)


def _limits(seconds: float) -> tuple[float, float]:
    """Return, and print, what raw COPY by one writer and rows one by one come to."""
    make_bare_table()
    bodies = [json.dumps(call(number)) for number in range(ROWS)]
    copied = raw_copy(bodies, writers=1)
    print(f"\nraw COPY: one writer {copied:,.0f} events/s, two {raw_copy(bodies, writers=2):,.0f}")
    inserted = single_rows(bodies[0], writers=CONNECTIONS[1], seconds=seconds / 2)
    print(f"insert and commit of single rows, {CONNECTIONS[1]} connections: {inserted:,.0f} rows/s")
    return copied, inserted


def http_batches(
    port: int, sent: Template, size: int, seconds: float, *, numbers: Iterator[int]
) -> Rate:
    """Return the rate of batches of this size, sent for some seconds from several connections."""
    times: list[float] = []

    def send() -> int:
        done = 0
        with Sender(port) as sender:
            while (began := time.perf_counter()) < stop_at:
                sender.send(sent, next(numbers))
                times.append(time.perf_counter() - began)
                done += size
        return done

    with Sender(port) as sender:
        sender.send(sent, next(numbers))
    started_at = time.perf_counter()
    stop_at = started_at + seconds
    total = sum(at_once([send] * CONNECTIONS[size]))
    return Rate(total / (time.perf_counter() - started_at), 1000 * statistics.median(times))


def template(size: int, *, api_key: str) -> Template:
    """Return a request: one event alone, or a list of them."""
    if size == 1:
        return Template(
            "/api/v1/events",
            json.dumps(call(0)).encode(),
            api_key=api_key,
            accepted=b'{"status":"accepted"',
        )
    return Template(
        "/api/v1/events/batch",
        json.dumps({"events": [call(number) for number in range(size)]}).encode(),
        api_key=api_key,
        accepted=b'{"accepted":%d,' % size,
    )


def call(number: int) -> dict[str, object]:
    """Return a call as a partner sends it, some 250 bytes."""
    return {
        "customer_id": "acme",
        "event_name": "ai_call",
        "idempotency_key": key_of_event(number),
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
            "--keep-alive", "30", "--log-level", "warning", "--no-control-socket",
        ],
        cwd=PROJECT,
        env={
            **os.environ, "DATABASE_URL": database_url(), "HTTPS": "false", "LOG_LEVEL": "ERROR",
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


def _print(size: int, rate: Rate, limit: float) -> None:
    print(
        f"  batches of {size:>6,}: {rate.events_per_second:>10,.0f} events/s, "
        f"{rate.milliseconds:8.1f} ms a request, {rate.events_per_second / limit:.3f} of the limit"
    )
