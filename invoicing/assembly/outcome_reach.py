"""
How far back events are read for the outcomes of a period.

What counts from a time on succeeded at most a window before it, and no success that lies two
windows before it decides whether that one opened its window. So two windows are read in full.
What reaches further is rare: a reversal of a result that counted long ago, and a ticket that
succeeds again and again, where each window depends on the one before. Of those tickets, and of
no others, everything is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from invoicing.assembly.usage_reader import UsageReader
from invoicing.rating.outcomes import Place, RuleAt, place_of
from invoicing.rating.price import PriceTerms
from invoicing.rating.terms.outcome import OutcomeRule
from usage.metering.quantity import MeteredEvent
from values.period import Period

Named = tuple[str, MeteredEvent]


@dataclass(frozen=True, slots=True)
class Reach:
    """The events that the outcomes need, in order, and the rules in force before these begin."""

    events: list[Named]
    earlier: tuple[OutcomeRule, ...]


def outcome_rules(price: PriceTerms) -> tuple[OutcomeRule, ...]:
    """Return the rules of a price's versions, each once; none where it counts all usage."""
    return tuple(dict.fromkeys(v.outcome for v in price.versions if v.outcome is not None))


def outcome_reach(
    *,
    price: PriceTerms,
    usage: UsageReader,
    span: Period,
    since: datetime,
    rule_at: RuleAt,
    is_measured: Callable[[Named], bool],
) -> Reach:
    """
    Return what is needed of a span, which begins with the contract, for what counts since a time.

    What counts or is taken back before `since` is not told rightly by these events. Successes
    that are not `is_measured` are none.
    """
    rules = outcome_rules(price)
    names = tuple(dict.fromkeys(n for r in rules for n in (r.success_event, *r.reversal_events)))
    window = max((timedelta(hours=rule.window_hours) for rule in rules), default=timedelta(0))
    begins = since - 2 * window if since - span.start > 2 * window else span.start
    recent = list(filter(is_measured, usage.named(names, Period(begins, span.end))))
    if begins == span.start:
        return Reach(recent, ())
    seen = _Seen(rules, rule_at, told_from=since - window, since=since)
    places = frozenset(place for named in recent for place in seen.doubtful(*named))
    before = Period(span.start, begins)
    history = _history(usage, names, before, places) if places else ()
    return Reach([*filter(is_measured, history), *recent], tuple(_in_force(price, before)))


def _history(
    usage: UsageReader, names: tuple[str, ...], before: Period, places: frozenset[Place]
) -> Iterator[Named]:
    about: dict[str, set[str]] = {}
    for name, value in places:
        about.setdefault(name, set()).add(value)
    for named in usage.named(names, before, about=about):
        # A reader may yield more than it was asked for: harmless, but not worth keeping.
        if any(place_of(name, named[1]) in places for name in about):
            yield named


def _in_force(price: PriceTerms, period: Period) -> Iterator[OutcomeRule]:
    for version in price.versions:
        if version.outcome and period.clipped(version.effective_from, version.effective_to):
            yield version.outcome


@dataclass(frozen=True, slots=True)
class _Seen:
    """
    When each place had its first success, of events that are told in their order.

    Before `told_from` a success may have opened a window or lain in one: it is not known. No
    window of that time is still open at `since`.
    """

    rules: Iterable[OutcomeRule]
    rule_at: RuleAt
    told_from: datetime
    since: datetime
    first: dict[Place, datetime] = field(default_factory=dict)

    def doubtful(self, name: str, event: MeteredEvent) -> Iterator[Place]:
        """Yield the places of which the event asks what happened before all that was told."""
        at, rule = event.occurred_at, self.rule_at(event.occurred_at)
        if rule is not None and name == rule.success_event:
            place = place_of(rule.correlation_property, event)
            if place is not None:
                first = self.first.setdefault(place, at)
                if first < self.told_from <= at < self.since:
                    yield place
        elif at >= self.since:
            asked = {
                rule.correlation_property for rule in self.rules if name in rule.reversal_events
            }
            for place in (place_of(each, event) for each in asked):
                if place is not None and not self._is_told(place):
                    yield place

    def _is_told(self, place: Place) -> bool:
        first = self.first.get(place)
        return first is not None and first >= self.told_from
