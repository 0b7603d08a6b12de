"""Files of usage as partners and staff send them, for tests."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from accounts.models import User
from tests import factories as make
from usage.files.mapping import FileMapping
from usage.files.mapping_format import read_mapping
from usage.models import FileRun, RunKind, Source, UsageFile
from usage.operations.files.begin_run import start_check, start_import
from usage.operations.files.check_file import checking
from usage.operations.files.import_file import importing
from usage.operations.files.map_file import map_file
from usage.operations.files.upload_file import upload_file
from usage.queries.files.sample import file_sample
from usage.queries.files.suggested import suggested_mapping

HEADINGS = ("account", "call", "at", "region", "outcome", "minutes")
CALL_MAPPING = {
    "events": [
        {
            "customer": {"column": "account"},
            "event_name": {"constant": "ai_call"},
            "idempotency_key": {"columns": ["call"]},
            "occurred_at": {"column": "at"},
            "properties": [
                {"name": "region", "column": "region"},
                {"name": "call_outcome", "column": "outcome"},
                {"name": "duration_minutes", "column": "minutes", "type": "number"},
            ],
        }
    ]
}


def call_row(number: int, **fields: str) -> tuple[str, ...]:
    """Return a row of a file of calls, under HEADINGS."""
    values = {
        "account": "acme",
        "call": f"call-{number}",
        "at": f"2024-11-05T10:{number // 60 % 60:02}:{number % 60:02}Z",
        "region": "US",
        "outcome": "resolved",
        "minutes": "5",
        **fields,
    }
    return tuple(values[name] for name in HEADINGS)


def csv_bytes(rows: Iterable[Sequence[str]], headings: Sequence[str] = HEADINGS) -> bytes:
    """Return a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue().encode()


def calls_csv(count: int) -> bytes:
    """Return a CSV of so many good calls of Acme."""
    return csv_bytes(call_row(number) for number in range(count))


def uploaded(
    source: Source, content: bytes, *, name: str = "calls.csv", by: Any = None, **options: Any
) -> UsageFile:
    """Return the file after its upload, by default by a new person of staff."""
    by = by or User.objects.filter(is_superuser=True).first() or make.staff()
    return upload_file(
        source=source, name=name, parts=[content], now=make.NOW, by=by, **options
    ).file


def mapped(
    source: Source, content: bytes, mapping: Mapping[str, Any] | None = None, **options: Any
) -> UsageFile:
    """Return the file with its mapping, by default that of CALL_MAPPING."""
    file = uploaded(source, content, **options)
    said: FileMapping = read_mapping(CALL_MAPPING if mapping is None else mapping)
    return map_file(file=file, mapping=said, now=make.NOW)


def guessed(source: Source, content: bytes) -> UsageFile:
    """Return the file mapped as it was guessed, without a look."""
    file = uploaded(source, content)
    found = suggested_mapping(file=file, sample=file_sample(file=file))
    return map_file(file=file, mapping=found.mapping, origin=found.origin, now=make.NOW)


def imported(file: UsageFile) -> FileRun:
    """Return the run of an import that was asked for and done by a worker."""
    start_import(file=file, now=make.NOW)
    work_through(file)
    return run_of(file, RunKind.IMPORT)


def work_through(file: UsageFile) -> None:
    """Do what a worker does with an import, to its end."""
    with importing(file_id=file.pk, now=make.NOW) as work:
        while work is not None and work.next_chunk(now=make.NOW):
            pass


def checked(file: UsageFile) -> FileRun:
    """Return the run of a check that was asked for and done by a worker."""
    start_check(file=file, now=make.NOW)
    with checking(file_id=file.pk, now=make.NOW) as work:
        while work is not None and work.next_chunk(now=make.NOW):
            pass
    return run_of(file, RunKind.CHECK)


def run_of(file: UsageFile, kind: RunKind) -> FileRun:
    """Return how a run ended."""
    return FileRun.objects.select_related("file").get(file=file, kind=kind)


def counts(run: FileRun) -> tuple[int, int, int, int, int]:
    """Return (accepted, duplicates, conflicts, quarantined, rejected)."""
    return run.accepted, run.duplicates, run.conflicts, run.quarantined, run.rejected


def errors(run: FileRun) -> list[tuple[int, str, str]]:
    """Return (row, column, code) of each error."""
    return list(run.errors.values_list("row", "column", "code"))
