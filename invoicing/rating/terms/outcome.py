"""Outcomes: results that are paid for once nobody took them back."""

from __future__ import annotations

from dataclasses import dataclass

from values.problems import Problem, refuse


@dataclass(frozen=True)
class OutcomeRule:
    """
    When a success counts.

    A success named `success_event` counts when its window `[first success, + hours)` has
    passed without one of the `reversal_events` of the same `correlation_property`; several
    successes of one value inside the window are one. A window of 0 hours passes at once, so
    that every reversal comes after it.

    :raises InvalidTerms: with paths relative to the rule, in the words of the plan file.
    """

    success_event: str
    reversal_events: tuple[str, ...]
    correlation_property: str
    window_hours: int

    def __post_init__(self) -> None:
        problems = [
            Problem((name,), "must not be empty")
            for name in ("success_event", "correlation_property")
            if not getattr(self, name).strip()
        ]
        for index, name in enumerate(self.reversal_events):
            if not name.strip():
                problems.append(Problem(("reversal_event", index), "must not be empty"))
            elif name in self.reversal_events[:index]:
                problems.append(Problem(("reversal_event", index), f"'{name}' stands twice"))
        if self.window_hours < 0:
            problems.append(Problem(("window_hours",), "must not be negative"))
        if self.success_event in self.reversal_events:
            problems.append(Problem(("reversal_event",), "is the success event too"))
        refuse(problems)
