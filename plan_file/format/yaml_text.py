"""YAML text to a tree, from the parser's events: no tag makes an object, no alias a bomb."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamStartEvent,
)

from plan_file.format.core_schema import plain_scalar
from plan_file.format.tree import DEEPEST_LEVEL, TOO_DEEP, Pairs, Refused, Unreadable

MOST_REPEATED_VALUES = 100_000


class Mark(Protocol):
    """A place in the text; lines and columns count from 0."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


_TAG = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset([f"{_TAG}str", "!"])
_PLAIN_TAGS = frozenset([None, *(f"{_TAG}{name}" for name in ("null", "bool", "int", "float"))])
_COLLECTION_TAGS = frozenset([None, "!", f"{_TAG}map", f"{_TAG}seq"])
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


def read_yaml(text: str) -> object:
    """
    Return the tree of the one document in the text.

    :raises Unreadable: where the text is no YAML, holds two documents or nothing,
        is nested too deeply or grows too large by its aliases.
    """
    try:
        return _Composer(yaml.parse(text, Loader=_LOADER)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(error.problem or "is not YAML", place=_place(mark)) from error
    except yaml.YAMLError as error:
        raise Unreadable(f"is not YAML: {str(error).splitlines()[0]}") from error


def _place(mark: Mark | None) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""


@dataclass(frozen=True)
class _Anchored:
    tree: object
    size: int


class _Composer:
    def __init__(self, events: Iterator[Event]) -> None:
        self.events = events
        self.anchors: dict[str, _Anchored | None] = {}
        self.size = 0
        self.repeated = 0

    def document(self) -> object:
        if not isinstance(self._next(), StreamStartEvent) or not isinstance(
            self._next(), DocumentStartEvent
        ):
            raise Unreadable("is empty")
        tree = self._node(self._next(), 0)
        self._next()
        if isinstance(after := self._next(), DocumentStartEvent):
            raise Unreadable("holds a second document", place=_place(after.start_mark))
        return tree

    def _next(self) -> Event:
        return next(self.events)

    def _node(self, event: Event, level: int) -> object:
        if level > DEEPEST_LEVEL:
            raise Unreadable(TOO_DEEP, place=_place(event.start_mark))
        if isinstance(event, AliasEvent):
            return self._alias(event)
        anchor = getattr(event, "anchor", None)
        before = self.size
        if anchor:
            self.anchors[anchor] = None
        tree = self._anchorable(event, level)
        self.size += 1
        if anchor:
            self.anchors[anchor] = _Anchored(tree, self.size - before)
        return tree

    def _alias(self, event: AliasEvent) -> object:
        anchored = self.anchors.get(event.anchor or "")
        if anchored is None:
            raise Unreadable(f"*{event.anchor} has no anchor", place=_place(event.start_mark))
        self.size += anchored.size
        self.repeated += anchored.size
        if self.repeated > MOST_REPEATED_VALUES:
            raise Unreadable(
                f"repeats more than {MOST_REPEATED_VALUES:,} values by aliases",
                place=_place(event.start_mark),
            )
        return anchored.tree

    def _anchorable(self, event: Event, level: int) -> object:
        if isinstance(event, ScalarEvent):
            return _scalar(event)
        assert isinstance(event, CollectionStartEvent), "the parser lets no other event begin"
        tree = self._mapping(level) if isinstance(event, MappingStartEvent) else self._list(level)
        return tree if event.tag in _COLLECTION_TAGS else _refused_tag(event.tag)

    def _list(self, level: int) -> list[object]:
        items = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            items.append(self._node(event, level + 1))
        return items

    def _mapping(self, level: int) -> Pairs:
        items = []
        while not isinstance(event := self._next(), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                raise Unreadable("a key must be text", place=_place(event.start_mark))
            items.append((event.value, self._node(self._next(), level + 1)))
        return Pairs(tuple(items))


def _scalar(event: ScalarEvent) -> object:
    if event.tag in _TEXT_TAGS or (event.tag is None and event.style):
        return event.value
    if event.tag in _PLAIN_TAGS:
        return plain_scalar(event.value)
    return _refused_tag(event.tag)


def _refused_tag(tag: str | None) -> Refused:
    return Refused(f"the tag {tag} means nothing here")
