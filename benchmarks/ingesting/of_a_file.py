"""
A file of call records, imported as a worker does it.

Read, mapped, attributed, measured, stored, with receipts and the place where it is. In turns with
its chunks ready rows are appended to the same store, which is the limit.
"""

import csv
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from benchmarks.ingesting.measured import Measured, print_table
from benchmarks.ingesting.store_append import append
from benchmarks.ingesting.world import (
    APART,
    REGIONS,
    START,
    World,
    calls,
    empty_database,
    make_world,
)
from tests import factories as make
from usage.files.mapping_format import read_mapping
from usage.files.open_table import open_table
from usage.files.read_row import RowReader
from usage.models import UsageFile
from usage.operations.files.begin_run import start_import
from usage.operations.files.import_file import importing
from usage.operations.files.map_file import map_file
from usage.operations.files.read_chunk import CHUNK_EVENTS, read_chunk
from usage.operations.files.upload_file import upload_file
from usage.store.kept_files import opened
from values.identifiers import uuid7

MAPPING = {
    "events": [
        {
            "customer": {"column": "account"},
            "event_name": {"constant": "ai_call"},
            "idempotency_key": {"columns": ["call_id"]},
            "occurred_at": {"column": "started_at"},
            "properties": [
                {"name": "region", "column": "region"},
                {"name": "call_outcome", "constant": "resolved"},
                {"name": "duration_minutes", "column": "minutes", "type": "number"},
                {"name": "direction", "column": "direction", "values": {"out": "outbound"}},
                {"name": "from_number", "column": "from"},
                {"name": "to_number", "column": "to"},
            ],
        }
    ]
}
HEADINGS = ("account", "call_id", "started_at", "region", "minutes", "direction", "from", "to")


def measure_file(*, rows: int) -> None:
    """Import a CSV of so many calls; print its rate, and the most memory that was ever taken."""
    with empty_database(), _storage() as folder:
        world = make_world()
        file = _file(world, folder, rows)
        read = _read_alone(file)
        appended, imported = _in_turns(world, file)
    print_table(
        (
            Measured("append of ready rows to the store", CHUNK_EVENTS, appended, appended),
            Measured(
                f"a file of {rows:,} call records, imported", CHUNK_EVENTS, imported, appended
            ),
            Measured("reading and mapping it alone", CHUNK_EVENTS, read, appended),
        )
    )
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"the most memory that this process ever had: {most:,} MB")


@contextmanager
def _storage() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        settings.STORAGES["usage_files"]["OPTIONS"]["location"] = f"{folder}/kept"
        yield Path(folder)


def _file(world: World, folder: Path, rows: int) -> UsageFile:
    """Return an uploaded and mapped file of so many calls."""
    path = folder / "calls.csv"
    with path.open("w", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(HEADINGS)
        for number in range(rows):
            at = START + number * APART + timedelta(milliseconds=1)
            account = world.customers[number * 7919 % len(world.customers)][1]
            writer.writerow(
                (
                    account,
                    uuid7(),
                    f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
                    REGIONS[number % len(REGIONS)],
                    f"{number % 3000 / 100:.2f}",
                    "out" if number % 3 else "inbound",
                    f"+1312555{number % 10_000:04}",
                    f"+1646555{number * 31 % 10_000:04}",
                )
            )
    with path.open("rb") as stream:
        uploaded = upload_file(
            source=world.source,
            name=path.name,
            parts=iter(lambda: stream.read(1 << 20), b""),
            now=make.NOW,
            by=make.staff(),
        )
    return map_file(file=uploaded.file, mapping=read_mapping(MAPPING), now=make.NOW)


def _read_alone(file: UsageFile) -> list[float]:
    """Return the seconds that each chunk takes to be read and mapped."""
    seconds: list[float] = []
    with (
        opened(file.stored_as) as stream,
        open_table(stream, file.reading, size_bytes=file.size_bytes) as table,
    ):
        reader = RowReader(read_mapping(file.mapping), table.columns)
        is_last = False
        while not is_last:
            started_at = time.perf_counter()
            is_last = read_chunk(table.rows, reader).is_last
            seconds.append(time.perf_counter() - started_at)
    return seconds[:-1] or seconds


def _in_turns(world: World, file: UsageFile) -> tuple[list[float], list[float]]:
    """Import the file; between its chunks as many ready rows are appended."""
    start_import(file=file, now=make.NOW)
    appended: list[float] = []
    imported: list[float] = []
    goes_on, first = True, 0
    with importing(file_id=file.pk, now=make.NOW) as work:
        assert work is not None
        while goes_on:
            events = calls(world, first=first, count=CHUNK_EVENTS)
            first += CHUNK_EVENTS
            started_at = time.perf_counter()
            append(events)
            appended.append(time.perf_counter() - started_at)
            started_at = time.perf_counter()
            goes_on = work.next_chunk(now=make.NOW)
            imported.append(time.perf_counter() - started_at)
    # The last chunk finds the end of the file, and is smaller than the others.
    return appended, imported[:-1] or imported
