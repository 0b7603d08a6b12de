"""How far a long run has got, on a terminal."""

from __future__ import annotations

from typing import TextIO

_WIDTH = 30


class Progress:
    """
    A bar on one line that is drawn over; nothing where the stream is no terminal.

    Each part of the work has a title, and is drawn when its percentage changes.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_shown = stream.isatty()
        self._drawn = ""

    def show(self, title: str, done: int, whole: int) -> None:
        """Draw that so much of the whole is done."""
        if not self._is_shown:
            return
        percent = 100 * done // whole if whole else 100
        filled = _WIDTH * percent // 100
        line = f"{title} [{'#' * filled}{'.' * (_WIDTH - filled)}] {percent} %"
        if line != self._drawn:
            self._write(line)

    def clear(self) -> None:
        """Leave the line as if nothing had been drawn."""
        if self._drawn:
            self._write("")

    def _write(self, line: str) -> None:
        self._stream.write(f"\r{line.ljust(len(self._drawn))}" + ("" if line else "\r"))
        self._stream.flush()
        self._drawn = line
