"""
The one way in which we write YAML: the same values give the same bytes.

Text is plain where it begins with a letter and every YAML reader takes it for text,
or is a date; else it is quoted. What is marked ``OneLine`` stands in braces.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

Written: TypeAlias = object
"""Text, a whole number, a flag, None, or a list or mapping of them."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*|\d{4}-\d{2}-\d{2}", re.ASCII)
_NOT_TEXT_TO_SOME = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n"])
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


class OneLine(dict[str, Written]):
    """A mapping that is written in braces."""


def yaml_text(document: Mapping[str, Written]) -> str:
    """Return the YAML text of the document, its sections apart by an empty line."""
    parts = ["\n".join(_entry(key, value)) for key, value in document.items()]
    head = [part for part in parts if "\n" not in part]
    sections = [part for part in parts if "\n" in part]
    return "\n\n".join(["\n".join(head), *sections]) + "\n"


def _entry(key: str, value: Written) -> Iterator[str]:
    """Yield the lines of one key of a block mapping."""
    if _is_one_line(value):
        yield f"{_scalar(key)}: {_one_line(value)}"
        return
    yield f"{_scalar(key)}:"
    for line in _block(value):
        yield f"  {line}"


def _block(value: Written) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _entry(key, item)
        return
    assert isinstance(value, list), "everything else is one line"
    for item in value:
        yield from _item(item)


def _item(value: Written) -> Iterator[str]:
    lines = iter([_one_line(value)]) if _is_one_line(value) else _block(value)
    yield f"- {next(lines)}"
    for line in lines:
        yield f"  {line}"


def _is_one_line(value: Written) -> bool:
    if isinstance(value, list):
        return all(not isinstance(item, list | Mapping) for item in value)
    return isinstance(value, OneLine) or not isinstance(value, Mapping) or not value


def _one_line(value: Written) -> str:
    if isinstance(value, Mapping):
        items = (f"{_scalar(key)}: {_one_line(item)}" for key, item in value.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_one_line(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: Written) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT_TO_SOME:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
