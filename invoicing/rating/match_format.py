"""Matches as JSON, YAML and people write them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from invoicing.rating.match import (
    ANY,
    Alternatives,
    Match,
    MatchValue,
    Wildcard,
)
from values.exact import NotExact, exact_decimal, plain
from values.numeric_range import NumericRange
from values.problems import InvalidTerms, Problem, refuse, unknown_key


def parse_match(raw: Mapping[str, object]) -> dict[str, MatchValue]:
    """
    Return the match that JSON or YAML says, keys in their order.

    :raises InvalidTerms: with paths relative to the match; every problem at once.
    """
    problems: list[Problem] = []
    match: dict[str, MatchValue] = {}
    for key, value in raw.items():
        try:
            match[key] = _parse_value(value)
        except InvalidTerms as error:
            problems.extend(problem.under(key) for problem in error.problems)
    refuse(problems)
    return match


def match_as_json(match: Match) -> dict[str, object]:
    """Return what `parse_match` reads."""
    return {key: _value_as_json(value) for key, value in match.items()}


def match_text(match: Match) -> str:
    """Return the match on one line: ``region: US, call_outcome: *``."""
    return ", ".join(f"{key}: {value_text(value)}" for key, value in match.items()) or "anything"


def value_text(value: MatchValue) -> str:
    """Return one value as people read it."""
    if value is None:
        return "absent"
    if isinstance(value, Alternatives):
        return f"[{', '.join(value.values)}]"
    if isinstance(value, NumericRange):
        signs = ((">=", value.gte), (">", value.gt), ("<=", value.lte), ("<", value.lt))
        return " and ".join(f"{sign} {plain(bound)}" for sign, bound in signs if bound is not None)
    return value if isinstance(value, str) else "*"


def _value_as_json(value: MatchValue) -> object:
    if isinstance(value, Alternatives):
        return list(value.values)
    if isinstance(value, NumericRange):
        return {
            name: plain(bound)
            for name in ("gte", "gt", "lte", "lt")
            if (bound := getattr(value, name)) is not None
        }
    return value.value if isinstance(value, Wildcard) else value


def _parse_value(raw: object) -> MatchValue:
    if raw is None:
        return None
    if raw == "*":
        return ANY
    if isinstance(raw, Mapping):
        return _parse_range(raw)
    if isinstance(raw, list | tuple):
        return _parse_alternatives(raw)
    return _parse_text(raw)


def _parse_text(raw: object) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    try:
        return format(exact_decimal(raw), "f")
    except NotExact as error:
        raise InvalidTerms([Problem((), str(error))]) from error


def _parse_alternatives(raw: list[object] | tuple[object, ...]) -> Alternatives:
    problems: list[Problem] = []
    values = []
    for index, item in enumerate(raw):
        if item is None or isinstance(item, Mapping | list | tuple):
            problems.append(Problem((index,), "an alternative must be one value"))
            continue
        try:
            values.append(_parse_text(item))
        except InvalidTerms as error:
            problems.extend(problem.under(index) for problem in error.problems)
    refuse(problems)
    return Alternatives(tuple(values))


def _parse_range(raw: Mapping[object, object]) -> NumericRange:
    known = ("gte", "gt", "lte", "lt")
    problems: list[Problem] = []
    bounds: dict[str, Decimal] = {}
    for key, value in raw.items():
        name = str(key)
        if name not in known:
            problems.append(Problem((name,), unknown_key(name, known=known)))
            continue
        try:
            bounds[name] = exact_decimal(value)
        except NotExact as error:
            problems.append(Problem((name,), str(error)))
    refuse(problems)
    return NumericRange(**bounds)
