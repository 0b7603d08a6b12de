"""Filters and credits of a meter as people type them: one line each."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

_BOUNDS = {">=": "gte", ">": "gt", "<=": "lte", "<": "lt"}
_SIGNS = {name: sign for sign, name in _BOUNDS.items()}
_PLAIN = re.compile(r"[^\s\"=<>,]+( [^\s\"=<>,]+)*")
_WORD = r"\"(?:[^\"\\]|\\.)*\"|[^\"=<>,]*"
_FILTER = re.compile(rf"\s*({_WORD})\s*(=|[<>]=?)(.*)")
_VALUE = re.compile(rf"({_WORD})\s*(,|$)\s*")
_BOUND = re.compile(r"\s*([<>]=?)\s*([^\s,]+)\s*(?:,|and\b|$)\s*")
_UNITS = re.compile(rf"\s*({_WORD})\s*=\s*(\S+)\s*")
_FROM = re.compile(r"\s*from\s+(\S+?):?\s*")


class NotALine(ValueError):
    """A line that nobody can read; the message names it."""

    def __init__(self, number: int, wanted: str) -> None:
        super().__init__(f"Line {number}: write {wanted}.")


def filters_text(filters: Mapping[str, object]) -> str:
    """Return a line for each property: ``region = US, EU``, ``tokens >= 10, < 20``."""
    return "\n".join(_filter_line(name, wanted) for name, wanted in filters.items())


def read_filters(text: str) -> dict[str, object]:
    """
    Return what the lines say, as the plan file writes it.

    :raises NotALine:
    """
    filters: dict[str, object] = {}
    for number, line in _lines(text):
        found = _FILTER.fullmatch(line)
        name = _said(found[1]) if found else ""
        if not found or not name:
            raise NotALine(number, "region = US, EU or tokens >= 1000, < 5000")
        if name in filters:
            raise NotALine(number, f"everything about {name} on one line")
        rest = found[3]
        filters[name] = _values(rest) if found[2] == "=" else _bounds(number, found[2] + rest)
    return filters


def credit_units_text(versions: Sequence[Mapping[str, object]]) -> str:
    """Return a line for each action, ``email_draft = 1``, under ``from 2024-07-01:``."""
    lines: list[str] = []
    for version in versions:
        if "effective_from" in version:
            lines.append(f"from {version['effective_from']}:")
        units = version["units"]
        assert isinstance(units, Mapping)
        lines += [f"{_word(action)} = {number}" for action, number in units.items()]
    return "\n".join(lines)


def read_credit_units(text: str) -> list[dict[str, object]]:
    """
    Return the versions that the lines say, as the plan file writes them.

    :raises NotALine:
    """
    versions: list[dict[str, object]] = []
    units: dict[str, object] = {}
    for number, line in _lines(text):
        begins, takes = _FROM.fullmatch(line), _UNITS.fullmatch(line)
        action = _said(takes[1]) if takes else ""
        if begins and not takes:
            units = {}
            versions.append({"effective_from": begins[1], "units": units})
        elif not takes or not action:
            raise NotALine(number, "email_draft = 1 or from 2024-07-01:")
        elif action in units:
            raise NotALine(number, f"one number for {action}")
        else:
            if not versions:
                versions.append({"units": units})
            units[action] = takes[2]
    return versions


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, line


def _filter_line(name: str, wanted: object) -> str:
    if isinstance(wanted, Mapping):
        bounds = ", ".join(f"{_SIGNS[bound]} {value}" for bound, value in wanted.items())
        return f"{_word(name)} {bounds}"
    assert isinstance(wanted, list)
    return f"{_word(name)} = {', '.join(map(_word, wanted))}"


def _word(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=True)


def _said(word: str) -> str:
    word = word.strip()
    if not word.startswith('"'):
        return word
    try:
        return str(json.loads(word))
    except ValueError:
        return ""


def _values(text: str) -> list[object]:
    values: list[object] = []
    place = 0
    text = text.strip()
    while place < len(text):
        found = _VALUE.match(text, place)
        if found is None:
            return [*values, text[place:]]
        values.append(_said(found[1]))
        place = found.end()
    return values


def _bounds(number: int, text: str) -> dict[str, object]:
    bounds: dict[str, object] = {}
    place = 0
    while place < len(text):
        found = _BOUND.match(text, place)
        if found is None or _BOUNDS[found[1]] in bounds:
            raise NotALine(number, "a range such as tokens >= 1000, < 5000")
        bounds[_BOUNDS[found[1]]] = found[2]
        place = found.end()
    return bounds
