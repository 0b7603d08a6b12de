"""
Files of events: CSV with a column per property, or NDJSON with an event per line.

A file is read as a stream, line by line; its mistakes are kept until its end, so that one
run reports them all.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from plan_file.format.csv_events import csv_events
from plan_file.format.events import Event
from plan_file.format.mistakes import Mistakes
from plan_file.format.ndjson_events import ndjson_events
from plan_file.format.reading import BadFile
from values.problems import Problem

_READERS = {".csv": csv_events, ".ndjson": ndjson_events, ".jsonl": ndjson_events}
_EVENTS_BETWEEN_REPORTS = 10_000


def read_events(
    path: Path, *, zone: str, on_progress: Callable[[int, int], None] | None = None
) -> Iterator[Event]:
    """
    Yield the events of the file in its order; a plain date is a midnight in the zone.

    The file may be compressed (``.csv.gz``, ``.ndjson.gz``). ``on_progress`` is told now and
    then how many bytes of how many are read.

    :raises BadFile: of another kind or unreadable at once; after the last event with all
        mistakes of its lines (the first 1,000), whose paths begin with the file's name and
        the line. Nothing may be made of the events of such a file.
    """
    reader = _READERS.get(_kind(path))
    if reader is None:
        raise BadFile([Problem((path.name,), "must be a .csv or .ndjson file")])
    try:
        written = path.open("rb")
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        raise BadFile([_unreadable(path, error)]) from error
    return _events(path, zone, reader, written, size, on_progress)


def _kind(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


def _events(
    path: Path,
    zone: str,
    reader: Callable[[BinaryIO, str, str, Mistakes], Iterator[Event]],
    written: BinaryIO,
    size: int,
    on_progress: Callable[[int, int], None] | None,
) -> Iterator[Event]:
    mistakes = Mistakes(path.name)
    with written:
        compressed = path.name.lower().endswith(".gz")
        plain = cast(BinaryIO, gzip.GzipFile(fileobj=written)) if compressed else written
        try:
            for number, event in enumerate(reader(plain, path.name, zone, mistakes)):
                if on_progress is not None and number % _EVENTS_BETWEEN_REPORTS == 0:
                    on_progress(written.tell(), size)
                yield event
        except (gzip.BadGzipFile, EOFError, zlib.error):
            mistakes.add([Problem((path.name,), "is no gzip file, or breaks off")])
        except OSError as error:
            mistakes.add([_unreadable(path, error)])
    if on_progress is not None:
        on_progress(size, size)
    mistakes.refuse()


def _unreadable(path: Path, error: OSError | ValueError) -> Problem:
    reason = error.strerror if isinstance(error, OSError) else None
    return Problem((path.name,), reason or "cannot be read")
