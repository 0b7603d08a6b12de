"""
Named places at which a test ends or halts a process, to see what that leaves behind.

`reached("issuing.numbered")` does nothing, unless the process was started for a test with the
variable `FAILPOINTS`. With `FAILPOINTS=issuing.numbered:kill@2` the second visit of the place ends
the process as `kill -9` does: nothing is cleaned up, the database sees its connection break. With
`stop` the process halts, its locks held, until somebody sends it SIGCONT. Several are separated by
commas; without `@` the first visit counts.

A point is named `walk.step` for the step that was just taken, and stands at one place of the code:
where work that is half done would be wrong, never in a loop over events.
"""

import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count


class NotAFailpoint(ValueError):
    """The text does not say at which point what happens."""


@dataclass(frozen=True, slots=True)
class _Armed:
    """What happens at a point, at which visit, counted over all threads of the process."""

    signal_name: str
    at_visit: int
    visits: Iterator[int]

    def visited(self) -> None:
        # One call in C, which no other thread can come between.
        if next(self.visits) == self.at_visit:
            # To this thread: the next line is not begun before the process ends or halts.
            signal.raise_signal(signal.Signals[self.signal_name])


_WRITTEN = re.compile(
    r"(?P<point>[a-z_]+\.[a-z_]+):(?P<action>kill|stop)(@(?P<visit>[1-9][0-9]{0,8}))?", re.ASCII
)
_SIGNALS = {"kill": "SIGKILL", "stop": "SIGSTOP"}

_armed: dict[str, _Armed] = {}


def reached(point: str) -> None:
    """Say that the step of this name is done; only an armed process takes notice."""
    if point in _armed:
        _armed[point].visited()


def arm(text: str) -> None:
    """
    Set what happens at which points, in place of all that was set; an empty text: nothing.

    :raises NotAFailpoint:
    """
    armed = dict(map(_read, text.split(","))) if text else {}
    _armed.clear()
    _armed.update(armed)


def _read(part: str) -> tuple[str, _Armed]:
    written = _WRITTEN.fullmatch(part.strip())
    if written is None:
        raise NotAFailpoint(f"{part!r} is no failpoint such as issuing.numbered:kill@2")
    named = written.groupdict()
    visit = int(named["visit"] or 1)
    return named["point"], _Armed(_SIGNALS[named["action"]], visit, count(1))
