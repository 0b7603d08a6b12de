"""Rated calls as a file with a JSON object per line, in the order of time and key."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import IO

import msgspec

from invoicing.rating.calls.rated_call import RatedCall
from plan_file.format.reading import BadFile
from plan_file.output.json_text import call_row
from plan_file.simulating.event_store import EventSorter
from values.problems import Problem

_RUN_BYTES = 400_000_000
_LINES_AT_ONCE = 1_000
_ONE_STREAM = 0


class CallFile:
    """
    Takes rated calls in any order and writes them when all are there.

    The file is opened at once, so that a path that cannot be written is known before the work.

    :raises BadFile: where it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._calls = EventSorter(run_bytes=_RUN_BYTES)
        self._encode = msgspec.json.Encoder().encode
        try:
            self._file: IO[bytes] = path.open("wb")
        except (OSError, ValueError) as error:
            raise self._unwritable(error) from error

    def add(self, call: RatedCall) -> None:
        """Take a call."""
        self._calls.add(_ONE_STREAM, call.at, call.key, self._encode(call_row(call)))

    def write(self) -> None:
        """
        Write all calls and close the file.

        :raises BadFile: where it cannot be written.
        """
        try:
            with self._file as file:
                lines = self._calls.finish().all_packed()
                while some := tuple(islice(lines, _LINES_AT_ONCE)):
                    file.write(b"\n".join((*some, b"")))
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError | ValueError) -> BadFile:
        reason = error.strerror if isinstance(error, OSError) else None
        return BadFile([Problem((self._path.name,), reason or "cannot be written")])
