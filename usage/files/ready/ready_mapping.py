"""A mapping that waits for its file."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from usage.files.mapping import Condition, EventRule, FileMapping, KeyRule, Origin, TimeRule

_MARKS = re.compile(r"[^a-z0-9.]+")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class ReadyMapping:
    """
    A mapping for the exports of one sender.

    A file is one of them where it has all the columns of `signs`. `also_called` are other
    headings of a column, as `spelled`.
    """

    code: str
    name: str
    signs: frozenset[str]
    mapping: FileMapping
    also_called: Mapping[str, Sequence[str]]

    def fits(self, columns: Sequence[str]) -> bool:
        """Return whether a file with these columns is an export of this sender."""
        found = self._found(columns)
        return all(sign in found for sign in self.signs)

    def fitted(self, columns: Sequence[str], *, are_all: bool = True) -> FileMapping:
        """
        Return the mapping in the words of a file with these columns.

        Objects of JSON may have others later (`are_all` is False): what they do not name yet
        keeps the name that the sender's API gives it.
        """
        found = self._found(columns)

        def name(column: str) -> str | None:
            return found.get(spelled(column), None if are_all else column)

        events = tuple(
            fitted for event in self.mapping.events if (fitted := _event(event, name)) is not None
        )
        left_out = self.mapping.left_out
        column = name(left_out.column) if left_out else None
        return replace(
            self.mapping,
            events=events,
            left_out=replace(left_out, column=column) if left_out and column else None,
        )

    def _found(self, columns: Sequence[str]) -> dict[str, str]:
        by_spelling: dict[str, str] = {}
        for column in columns:
            by_spelling.setdefault(spelled(column), column)
        found = dict(by_spelling)
        for wanted, others in self.also_called.items():
            for other in others:
                if wanted not in found and other in by_spelling:
                    found[wanted] = by_spelling[other]
        return found


def spelled(column: str) -> str:
    """Return a heading in small letters with underscores: ``Call Sid``, ``callSid``: call_sid."""
    return _MARKS.sub("_", _CAPITAL.sub("_", column).lower()).strip("_")


_Name = Callable[[str], str | None]


def _event(event: EventRule, name: _Name) -> EventRule | None:
    """Return the rule in the file's words, None where what tells its legs apart is missing."""
    when = [_condition(condition, name) for condition in event.when]
    customer, time = _origin(event.customer, name), _origin(event.occurred_at.origin, name)
    keys = [name(column) for column in event.key.columns]
    if customer is None or time is None or None in when or None in keys:
        return None
    properties = [
        replace(rule, origin=origin, since=since, zero_where=_zero_where(rule.zero_where, name))
        for rule in event.properties
        if (origin := _origin(rule.origin, name)) is not None
        if (since := name(rule.since) if rule.since else "") is not None
    ]
    return replace(
        event,
        when=tuple(condition for condition in when if condition),
        customer=customer,
        key=KeyRule(tuple(key for key in keys if key), event.key.suffix),
        occurred_at=TimeRule(time, event.occurred_at.format, event.occurred_at.zone),
        properties=tuple(properties),
    )


def _zero_where(condition: Condition | None, name: _Name) -> Condition | None:
    return _condition(condition, name) if condition else None


def _condition(condition: Condition, name: _Name) -> Condition | None:
    column = name(condition.column)
    return replace(condition, column=column) if column else None


def _origin(origin: Origin, name: _Name) -> Origin | None:
    if origin.constant:
        return origin
    columns = tuple(found for column in origin.columns if (found := name(column)))
    by = name(origin.by) if origin.by else None
    cases = {word: found for word, column in origin.cases.items() if (found := name(column))}
    if by is None or not cases:
        return Origin(columns) if columns else None
    return Origin(columns, by=by, cases=cases)
