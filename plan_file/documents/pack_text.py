"""The explanation of a starter pack as blocks for a template: headings, paragraphs, lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

_MARKED = re.compile(r"(`[^`]+`|\*[^*]+\*)")
_BULLET = re.compile(r"- |\d+\. ")


@dataclass(frozen=True, slots=True)
class Words:
    """A run of text; `kind` is ``plain``, ``code`` or ``emphasis``."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is ``heading``, ``paragraph``, ``bullets`` or ``numbers``; an item is one line."""

    kind: str
    items: tuple[tuple[Words, ...], ...]


def pack_blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text in which a line is a heading, a paragraph, or an item."""
    lines = [line for line in text.splitlines() if line.strip()]
    return tuple(block for kind, group in groupby(lines, _kind) for block in _blocks(kind, group))


def _kind(line: str) -> str:
    if line.startswith("## "):
        return "heading"
    if line.startswith("- "):
        return "bullets"
    return "numbers" if _BULLET.match(line) else "paragraph"


def _blocks(kind: str, lines: Iterator[str]) -> Iterator[Block]:
    items = tuple(tuple(_words(_content(line))) for line in lines)
    if kind in ("bullets", "numbers"):
        yield Block(kind, items)
    else:
        yield from (Block(kind, (item,)) for item in items)


def _content(line: str) -> str:
    if line.startswith("## "):
        return line.removeprefix("## ")
    marker = _BULLET.match(line)
    return line[marker.end() :] if marker else line


def _words(text: str) -> Iterator[Words]:
    for part in filter(None, _MARKED.split(text)):
        if part.startswith("`"):
            yield Words("code", part.strip("`"))
        elif part.startswith("*") and part.endswith("*"):
            yield Words("emphasis", part.strip("*"))
        else:
            yield Words("plain", part)
