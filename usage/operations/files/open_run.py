"""A run of a file in the hands of a worker, opened at the row where it is."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from usage.files.mapping_format import read_mapping
from usage.files.open_table import open_table
from usage.files.read_row import MissingColumn, RowReader
from usage.files.rows import BadRow, Row, Unreadable
from usage.models import FileRun, RunKind
from usage.operations.files.alone import alone_at
from usage.operations.files.run_state import Overtaken, begin, fail, note_progress
from usage.store.kept_files import FileGone, opened
from values.problems import InvalidTerms

# Of these it is seen, and may be cancelled, while there is no row to be stored.
_BYTES_WITHOUT_A_WORD = 64 * 2**20


@dataclass(slots=True)
class OpenRun:
    """The run, the rows behind its last one, and what makes events of them."""

    run: FileRun
    stream: BinaryIO
    rows: Iterator[Row | BadRow]
    reader: RowReader

    def read_bytes(self) -> int:
        """Return how far the stored file has been read, about."""
        return self.stream.tell()


@contextmanager
def open_run(*, file_id: int, kind: RunKind, now: datetime) -> Iterator[OpenRun | None]:
    """
    Yield the run that waits for a worker, None where there is none or another worker has it.

    A file that cannot be opened ends its run, with the reason. Where nothing that could be stored
    comes for long, the rows say on their way how far they are.

    :raises Overtaken: by the rows: nobody wants them any more.
    """
    with ExitStack() as stack:
        is_alone = stack.enter_context(alone_at(file_id))
        run = begin(file_id=file_id, kind=kind, now=now) if is_alone else None
        if run is None:
            yield None
            return
        try:
            stream = stack.enter_context(opened(run.file.stored_as))
            table = stack.enter_context(
                open_table(
                    stream,
                    run.file.reading,
                    size_bytes=run.file.size_bytes,
                    behind_row=run.last_row,
                    watch=_Progress(run, stream),
                )
            )
            reader = RowReader(read_mapping(run.file.mapping), table.columns)
        except Overtaken:
            yield None
            return
        except Unreadable as error:
            fail(run, code=error.code, reason=error.reason, row=error.row, now=now)
            yield None
            return
        except (FileGone, MissingColumn, InvalidTerms) as error:
            fail(run, code="unusable", reason=str(error), row=0, now=now)
            yield None
            return
        yield OpenRun(run, stream, table.rows, reader)


class _Progress:
    """A watch that writes down how far a file has been read, every so many bytes."""

    def __init__(self, run: FileRun, stream: BinaryIO) -> None:
        self._run = run
        self._stream = stream
        self._bytes = 0

    def __call__(self, data: bytes) -> None:
        """:raises Overtaken:"""
        self._bytes += len(data)
        if self._bytes >= _BYTES_WITHOUT_A_WORD:
            self._bytes = 0
            note_progress(self._run, read_bytes=self._stream.tell())
