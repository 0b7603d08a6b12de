"""Properties out of rows: each cell as the type that its rule names, the usual ones quickly."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from usage.files.cell_readers import (
    condition_reader,
    first_reader,
    instant_of,
    instant_text,
    text_of_cell,
    usual_text,
)
from usage.files.cells import (
    BadValue,
    as_boolean,
    as_number,
    as_seconds,
    is_empty,
    is_no_time,
    is_plain_number,
)
from usage.files.columns import BadCell, Cells, Columns, Get
from usage.files.mapping import EventRule, FileMapping, Others, PropertyRule, PropertyType
from usage.files.rows import shown
from usage.files.times import time_reader
from values.exact import EXACT, plain

ABSENT = object()
"""What a property is that the event shall not have."""

_MICROSECOND = timedelta(microseconds=1)
_SECONDS = Decimal("0.000001")
_ZERO = Decimal(0)


def property_reader(
    rule: PropertyRule, event: EventRule, mapping: FileMapping, cells: Columns
) -> Get:
    read = _property(rule, event, mapping, cells)
    if rule.zero_where is not None:
        read = _zero_where(condition_reader(rule.zero_where, cells), read)
    if not rule.unless_zero:
        return read
    amount = cells.get(rule.unless_zero)

    def unless_zero(row: Cells) -> Any:
        return ABSENT if _is_zero(amount(row), mapping) else read(row)

    return unless_zero


def _zero_where(holds: Callable[[Cells], bool], otherwise: Get) -> Get:
    return lambda row: _ZERO if holds(row) else otherwise(row)


def _is_zero(value: Any, mapping: FileMapping) -> bool:
    """Return whether a cell is empty or zero; what is no number is not."""
    if is_empty(value):
        return True
    try:
        return as_seconds(value, decimal_comma=mapping.decimal_comma) == 0
    except BadValue:
        return False


def _property(rule: PropertyRule, event: EventRule, mapping: FileMapping, cells: Columns) -> Get:
    column = " or ".join(dict.fromkeys([*rule.origin.cases.values(), *rule.origin.columns]))
    if rule.since:
        return _elapsed(rule, event, cells, column)
    convert = _converted(rule, event, mapping, column)
    if rule.origin.constant:
        return _constant(convert, rule.origin.constant)
    nothing = is_no_time if rule.type is PropertyType.TIME else is_empty
    get = first_reader(rule.origin, cells, nothing=nothing)

    def read(row: Cells) -> Any:
        value = get(row)
        if nothing(value):
            return _absent(rule, column)
        return convert(value)

    return _usual(rule, mapping, cells.place(rule.origin), read)


def _absent(rule: PropertyRule, column: str) -> Any:
    if rule.required:
        raise BadCell("required", f"is empty, and {rule.name} comes from it", column)
    return ABSENT


def _elapsed(rule: PropertyRule, event: EventRule, cells: Columns, column: str) -> Get:
    """Return what takes the seconds between the times of two cells, with every digit."""
    when = event.occurred_at
    read = time_reader(when.format, zone=when.zone, twice=when.twice)
    begins = cells.get(rule.since)
    ends = first_reader(rule.origin, cells, nothing=is_no_time)

    def elapsed(row: Cells) -> Any:
        first, last = begins(row), ends(row)
        if is_no_time(first):
            return _ZERO
        if is_no_time(last):
            return _absent(rule, column)
        lasted = instant_of(last, read, column) - instant_of(first, read, rule.since)
        seconds = _times(Decimal(lasted // _MICROSECOND), _SECONDS)
        return seconds if rule.factor is None else _times(seconds, rule.factor)

    return elapsed


def _constant(convert: Get, written: str) -> Get:
    try:
        value = convert(written)
    except BadCell:
        return lambda row: convert(written)
    return lambda row: value


def _usual(rule: PropertyRule, mapping: FileMapping, place: int | None, otherwise: Get) -> Get:
    """Return what takes the usual cell of a property, and leaves all else to `otherwise`."""
    if place is None:
        return otherwise
    if rule.type is PropertyType.TEXT:
        return _usual_word(rule, place, otherwise) if rule.values else usual_text(place, otherwise)
    is_number = rule.type in {PropertyType.NUMBER, PropertyType.DURATION}
    if not is_number or mapping.decimal_comma or rule.values:
        return otherwise
    factor = rule.factor

    def number(row: Cells) -> Any:
        value = row[place]  # type: ignore[index]
        if type(value) is str and is_plain_number(value):
            return Decimal(value) if factor is None else _times(Decimal(value), factor)
        return otherwise(row)

    return number


def _usual_word(rule: PropertyRule, place: int, otherwise: Get) -> Get:
    known = {word: meant.strip() for word, meant in rule.values.items() if meant.strip()}
    are_kept = rule.others is Others.KEPT

    def read(row: Cells) -> Any:
        value = row[place]  # type: ignore[index]
        if type(value) is str:
            value = value.strip()
            if value in known:
                return known[value]
            if value and are_kept and value not in rule.values:
                return value
        return otherwise(row)

    return read


def _converted(rule: PropertyRule, event: EventRule, mapping: FileMapping, column: str) -> Get:
    convert = _typed(rule, event, mapping, column)
    if not rule.values:
        return convert

    def replaced(value: Any) -> Any:
        word = text_of_cell(value, column)
        if word in rule.values:
            word = rule.values[word]
        elif rule.others is Others.REFUSED:
            known = ", ".join(rule.values)
            raise BadCell("unknown_value", f"{shown(word)!r} is none of {known}", column, word)
        elif rule.others is Others.LEFT_OUT:
            return ABSENT
        return convert(word) if word else ABSENT

    return replaced


def _typed(rule: PropertyRule, event: EventRule, mapping: FileMapping, column: str) -> Get:
    if rule.type is PropertyType.TEXT:
        return lambda value: text_of_cell(value, column)
    if rule.type is PropertyType.TIME:
        when = event.occurred_at
        read = time_reader(when.format, zone=when.zone, twice=when.twice)
        return lambda value: instant_text(instant_of(value, read, column))
    factor = rule.factor

    def typed(value: Any) -> Any:
        try:
            if rule.type is PropertyType.BOOLEAN:
                return as_boolean(value)
            read = as_number if rule.type is PropertyType.NUMBER else as_seconds
            number = read(value, decimal_comma=mapping.decimal_comma)
        except BadValue as error:
            raise BadCell("bad_value", str(error), column, value) from error
        return number if factor is None else _times(number, factor)

    return typed


def _times(number: Decimal, factor: Decimal) -> Decimal:
    return Decimal(plain(EXACT.multiply(number, factor)))
