"""What is counted: one kind of event, one number of it, grouped by some of its properties."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from values.problems import Problem, refuse


class Aggregation(StrEnum):
    """How the values of many events become one quantity."""

    COUNT = "count"
    SUM = "sum"


@dataclass(frozen=True)
class Meter:
    """
    A meter over the events named `event_name`.

    `property` names the number that is added up, in `unit`; a count has none. `group_keys`
    are the properties whose values make lines of their own, in the order in which they are
    printed.

    :raises InvalidTerms: with paths relative to the meter.
    """

    code: str
    display_name: str
    event_name: str
    aggregation: Aggregation
    property: str | None
    group_keys: tuple[str, ...]
    unit: str | None
    allows_negative: bool = False

    def __post_init__(self) -> None:
        refuse(self._problems())

    def _problems(self) -> list[Problem]:
        problems = [
            Problem((key,), "must not be empty")
            for key in ("code", "display_name", "event_name")
            if not str(getattr(self, key)).strip()
        ]
        if self.aggregation == Aggregation.COUNT and self.property is not None:
            problems.append(Problem(("property",), "a count has no property"))
        if self.aggregation != Aggregation.COUNT and not (self.property or "").strip():
            problems.append(Problem(("property",), f"a {self.aggregation} needs a property"))
        for index, key in enumerate(self.group_keys):
            if not key.strip():
                problems.append(Problem(("group_keys", index), "must not be empty"))
            elif key in self.group_keys[:index]:
                problems.append(Problem(("group_keys", index), f"'{key}' stands twice"))
        return problems
