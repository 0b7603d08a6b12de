"""The mistakes of a file that is read as a stream: all are counted, the first are kept."""

from collections.abc import Sequence

from plan_file.format.reading import BadFile
from values.problems import Problem

MOST_KEPT = 1000


class Mistakes:
    """What is wrong with the lines of a file; a file of nothing but mistakes stays small."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._kept: list[Problem] = []
        self._dropped = 0

    def add(self, problems: Sequence[Problem]) -> None:
        """Note the problems, or their number where enough are kept."""
        room = MOST_KEPT - len(self._kept)
        self._kept.extend(problems[:room])
        self._dropped += len(problems[room:])

    def refuse(self) -> None:
        """
        Do nothing without mistakes.

        :raises BadFile: with all that are kept, and the number of those that are not.
        """
        if not self._kept:
            return
        if self._dropped:
            self._kept.append(Problem((self._name,), f"and {self._dropped:,} more"))
        raise BadFile(self._kept)
