"""Tells what is being done and how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    """Prints one line per step to `stream`."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Print the title before and the time after the work."""
        started_at = time.monotonic()
        self._write(f"{title} ... ")
        try:
            yield
        except BaseException as problem:
            self._write("stopped\n" if isinstance(problem, KeyboardInterrupt) else "failed\n")
            raise
        self._write(f"{time.monotonic() - started_at:.1f} s\n")

    def say(self, text: str) -> None:
        """Print a line of its own."""
        self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
