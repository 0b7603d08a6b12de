"""
Outcomes: which results count, which were taken back in time, and which too late.

Each correlation value (a ticket) is in one of three states. Nothing is open; a success opens a
window. While it is open, further successes say nothing new and a reversal closes it for
nothing. When it has passed, the outcome counts: the next success opens another window, a
reversal takes the outcome back and leaves nothing open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from invoicing.rating.lines import QuarantineReason
from invoicing.rating.terms.outcome import OutcomeRule
from usage.metering.dimension import dimension_text
from usage.metering.measurement_errors import BadValue
from usage.metering.quantity import MeteredEvent


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    A result that counts from `counts_at` on, the close of its window.

    `success` is the first of its window, `reversal` what took it back afterwards.
    """

    value: str
    success: MeteredEvent
    counts_at: datetime
    reversal: MeteredEvent | None = None


@dataclass(frozen=True, slots=True)
class Uncorrelated:
    """An event that says of nothing whether it succeeded: its value is absent or unreadable."""

    event_name: str
    event: MeteredEvent
    reason: QuarantineReason


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Outcomes by the close of their windows and the key of the success, and what is none."""

    counted: tuple[Outcome, ...] = ()
    uncorrelated: tuple[Uncorrelated, ...] = ()


RuleAt = Callable[[datetime], OutcomeRule | None]
"""The rule in force at a time; None: no success counts then."""

Place = tuple[str, str]
"""A correlation property and its value, such as a ticket: what outcomes are told apart by."""


def counted_outcomes(
    events: Iterable[tuple[str, MeteredEvent]],
    *,
    rule_at: RuleAt,
    earlier: Iterable[OutcomeRule] = (),
) -> Outcomes:
    """
    Return the outcomes of named events, which stand in the order of times and keys.

    An outcome keeps the rule of its success: window, reversing events and correlation. A
    window that the events do not reach the end of counts as passed without a reversal; who
    knows no later events looks only at outcomes that count before the events end. `earlier`
    are rules that were in force before the events begin.
    """
    ledger = _Ledger()
    for known in earlier:
        ledger.learn(known)
    for name, event in events:
        rule = rule_at(event.occurred_at)
        if rule is not None:
            ledger.learn(rule)
        if rule is not None and name == rule.success_event:
            ledger.succeed(rule, event)
        else:
            ledger.reverse(name, event)
    return ledger.outcomes()


@dataclass(slots=True)
class _Ledger:
    """`last` is the outcome of each place that can still be taken back."""

    last: dict[Place, tuple[OutcomeRule, Outcome]] = field(default_factory=dict)
    final: list[Outcome] = field(default_factory=list)
    uncorrelated: list[Uncorrelated] = field(default_factory=list)
    reversed_by: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def learn(self, rule: OutcomeRule) -> None:
        for name in rule.reversal_events:
            self.reversed_by[name].add(rule.correlation_property)

    def succeed(self, rule: OutcomeRule, event: MeteredEvent) -> None:
        name = rule.correlation_property
        value, reason = _correlation(name, event)
        if value is None:
            self.uncorrelated.append(Uncorrelated(rule.success_event, event, reason))
            return
        before = self.last.get((name, value))
        if before is not None:
            if event.occurred_at < before[1].counts_at:
                return
            self.final.append(before[1])
        closes_at = event.occurred_at + timedelta(hours=rule.window_hours)
        self.last[name, value] = rule, Outcome(value, event, closes_at)

    def reverse(self, event_name: str, event: MeteredEvent) -> None:
        properties = self.reversed_by.get(event_name)
        if not properties:
            return
        found = {name: _correlation(name, event) for name in sorted(properties)}
        if all(value is None for value, _ in found.values()):
            _, reason = next(iter(found.values()))
            self.uncorrelated.append(Uncorrelated(event_name, event, reason))
        for name, (value, _) in found.items():
            if value is not None:
                self._take_back((name, value), event_name, event)

    def _take_back(self, place: Place, event_name: str, event: MeteredEvent) -> None:
        rule, outcome = self.last.get(place, (None, None))
        if rule is None or outcome is None or event_name not in rule.reversal_events:
            return
        del self.last[place]
        if event.occurred_at >= outcome.counts_at:
            self.final.append(replace(outcome, reversal=event))

    def outcomes(self) -> Outcomes:
        counted = [*self.final, *(outcome for _, outcome in self.last.values())]
        counted.sort(key=lambda outcome: (outcome.counts_at, outcome.success.key))
        return Outcomes(tuple(counted), tuple(self.uncorrelated))


def place_of(name: str, event: MeteredEvent) -> Place | None:
    """Return the place that an event is about by this property, None where it does not say."""
    value, _ = _correlation(name, event)
    return None if value is None else (name, value)


def _correlation(name: str, event: MeteredEvent) -> tuple[str | None, QuarantineReason]:
    """Return the value as it is compared, or None and why there is none."""
    try:
        value = dimension_text(name, event.properties.get(name))
    except BadValue:
        return None, QuarantineReason.BAD_VALUE
    return value, QuarantineReason.MISSING_PROPERTY
