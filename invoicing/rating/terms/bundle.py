"""Free seconds for calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from invoicing.rating.terms.allowance import Rollover
from values.problems import Problem, refuse


@dataclass(frozen=True)
class Bundle:
    """
    Free seconds of billed time, for calls of these directions, types, prefixes and lines
    (empty: all), used by lower priority, earlier expiry, then code.

    With `effective_from` or `effective_to` it is granted once and dead at its end; else each
    period anew.

    :raises InvalidTerms: with paths relative to the bundle.
    """

    code: str
    seconds: int
    directions: tuple[str, ...] = ()
    number_types: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    priority: int = 0
    rollover: Rollover | None = None
    effective_from: datetime | None = None
    effective_to: datetime | None = None

    def __post_init__(self) -> None:
        problems = []
        if not self.code.strip():
            problems.append(Problem(("code",), "must not be empty"))
        if self.seconds < 0:
            problems.append(Problem(("seconds",), "must not be negative"))
        for index, prefix in enumerate(self.prefixes):
            if not (prefix.isascii() and prefix.isdigit()):
                problems.append(Problem(("prefixes", index), "must be digits, without +"))
        begins, ends = self.effective_from, self.effective_to
        if begins is not None and ends is not None and ends <= begins:
            problems.append(Problem(("effective_to",), "must be after effective_from"))
        if self.rollover is not None:
            if self.is_granted_once:
                message = "belongs to a bundle that is granted each period"
                problems.append(Problem(("rollover",), message))
            if self.rollover.periods < 1:
                problems.append(Problem(("rollover", "periods"), "must be 1 or more"))
            if self.rollover.maximum is not None and self.rollover.maximum < 0:
                problems.append(Problem(("rollover", "maximum"), "must not be negative"))
        refuse(problems)

    @property
    def is_granted_once(self) -> bool:
        """Whether it is one grant with a time of its own."""
        return self.effective_from is not None or self.effective_to is not None
