"""Rated calls as a file with a JSON object per line, in the order of time and key."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import msgspec

from invoicing.rating.calls.rated_call import RatedCall
from plan_file.format.reading import BadFile
from plan_file.output.json_text import call_row
from plan_file.simulating.event_store import EventSorter
from values.problems import Problem

_RUN_BYTES = 400_000_000
_BUFFER_BYTES = 1 << 18
_ONE_STREAM = 0


class CallFile:
    """
    Takes rated calls: those that come `in_order` are written at once, others when all are there.

    The file is opened at once, so that a path that cannot be written is known before the work.

    :raises BadFile: where it cannot be written.
    """

    def __init__(self, path: Path, *, in_order: bool = False) -> None:
        self._path = path
        self._waiting = None if in_order else EventSorter(run_bytes=_RUN_BYTES)
        self._encode = msgspec.json.Encoder().encode
        try:
            self._file: IO[bytes] = path.open("wb", buffering=_BUFFER_BYTES)
        except (OSError, ValueError) as error:
            raise self._unwritable(error) from error

    def add(self, call: RatedCall) -> None:
        """
        Take a call.

        :raises BadFile: where it cannot be written.
        """
        line = self._encode(call_row(call))
        if self._waiting is not None:
            self._waiting.add(_ONE_STREAM, call.at, call.key, line)
            return
        try:
            self._file.write(line + b"\n")
        except OSError as error:
            raise self._unwritable(error) from error

    def write(self) -> None:
        """
        Write the calls that wait for it, and close the file.

        :raises BadFile: where it cannot be written.
        """
        try:
            with self._file as file:
                if self._waiting is not None:
                    file.writelines(line + b"\n" for line in self._waiting.finish().all_packed())
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError | ValueError) -> BadFile:
        reason = error.strerror if isinstance(error, OSError) else None
        return BadFile([Problem((self._path.name,), reason or "cannot be written")])
