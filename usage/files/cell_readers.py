"""Taking values out of rows: by column, by the first that is filled, as the type of a property."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from usage.files.cells import (
    BadValue,
    as_boolean,
    as_number,
    as_seconds,
    as_text,
    is_empty,
    is_plain_number,
)
from usage.files.mapping import (
    Condition,
    EventRule,
    FileMapping,
    Origin,
    Others,
    PropertyRule,
    PropertyType,
)
from usage.files.rows import Unusable, shown
from usage.files.times import BadTime, time_reader
from usage.intake.json_body import TwiceNamed
from values.exact import EXACT, plain

Cells = Sequence[Any] | Mapping[str, Any]
Get = Callable[[Any], Any]

ABSENT = object()
"""What a property is that the event shall not have."""


class MissingColumn(ValueError):
    """The mapping names a column that the file does not have; `column` is its name."""

    def __init__(self, column: str) -> None:
        super().__init__(f"the file has no column {column!r}")
        self.column = column


class BadCell(ValueError):
    """A cell that cannot be used: a code, the reason, the column and what stands there."""

    def __init__(self, code: str, reason: str, column: str, value: object = "") -> None:
        super().__init__(reason)
        self.code = code
        self.column = column
        self.value = value


class Columns:
    """How to take a value out of a row, by the name of its column."""

    def __init__(self, columns: Sequence[str] | None) -> None:
        self._places = None if columns is None else {name: i for i, name in enumerate(columns)}

    def get(self, name: str) -> Get:
        """Return what takes the value of this column; :raises MissingColumn:."""
        if self._places is None:
            return _path(name)
        if name not in self._places:
            raise MissingColumn(name)
        place = self._places[name]

        def get(cells: Sequence[Any]) -> Any:
            value = cells[place]
            if type(value) is Unusable:
                raise BadCell(value.code, value.reason, name, value.said)
            return value

        return get

    def place(self, origin: Origin) -> int | None:
        """Return where a row has the value of an origin that is one column of a table, or None."""
        if self._places is None or origin.by or origin.constant or len(origin.columns) != 1:
            return None
        return self._places.get(origin.columns[0])


def _path(name: str) -> Get:
    steps = name.split(".")

    def get(cells: Mapping[str, Any]) -> Any:
        if name in cells:
            found = cells[name]
            _refuse_twice(cells, name)
            return found
        found = cells
        for step in steps:
            if not isinstance(found, dict):
                return None
            _refuse_twice(found, name)
            found = found.get(step)
        return found

    return get


def _refuse_twice(cells: Any, column: str) -> None:
    if isinstance(cells, TwiceNamed):
        raise BadCell("duplicate_key", f"the name {shown(cells.name)!r} stands twice", column)


def condition_reader(condition: Condition, cells: Columns) -> Callable[[Cells], bool]:
    """Return what says whether a row meets the condition."""
    get = cells.get(condition.column)
    if not condition.values:
        return lambda row: not is_empty(get(row))
    values = frozenset(condition.values)
    if condition.other:
        return lambda row: plain_text(get(row)) not in values
    return lambda row: plain_text(get(row)) in values


def plain_text(value: Any) -> str:
    if value is None or isinstance(value, list | dict):
        return ""
    return as_text(value).strip()


def first_reader(origin: Origin, cells: Columns) -> Get:
    """Return what takes the value of an origin from a row, None where there is none."""
    gets = [cells.get(name) for name in origin.columns]
    if not origin.by:
        if len(gets) == 1:
            return gets[0]

        def first(row: Cells) -> Any:
            for get in gets:
                value = get(row)
                if not is_empty(value):
                    return value
            return None

        return first
    by = cells.get(origin.by)
    cases = {word: cells.get(name) for word, name in origin.cases.items()}

    def chosen(row: Cells) -> Any:
        case = cases.get(plain_text(by(row)))
        for get in (*([case] if case else []), *gets):
            value = get(row)
            if not is_empty(value):
                return value
        return None

    return chosen


def origin_reader(origin: Origin, cells: Columns, what: str) -> Get:
    if origin.constant:
        return lambda row: origin.constant
    get = first_reader(origin, cells)
    column = " or ".join(dict.fromkeys([*origin.cases.values(), *origin.columns]))

    def read(row: Cells) -> str:
        value = get(row)
        if is_empty(value):
            raise BadCell("required", f"is empty, and {what} comes from it", column)
        return text_of_cell(value, column)

    return usual_text(cells.place(origin), read)


def usual_text(place: int | None, otherwise: Get, *, suffix: str = "") -> Get:
    """
    Return what takes the usual cell, a text that is not blank, with few steps.

    Files have many millions of them; whatever else stands there is left to `otherwise`.
    """
    if place is None:
        return otherwise

    def read(row: Cells) -> Any:
        value = row[place]  # type: ignore[index]
        if type(value) is str:
            value = value.strip()
            if value:
                return value + suffix if suffix else value
        return otherwise(row)

    return read


def text_of_cell(value: Any, column: str) -> str:
    try:
        return as_text(value).strip()
    except BadValue as error:
        raise BadCell("bad_value", str(error), column) from error


def property_reader(
    rule: PropertyRule, event: EventRule, mapping: FileMapping, cells: Columns
) -> Get:
    read = _property(rule, event, mapping, cells)
    if not rule.unless_zero:
        return read
    amount = cells.get(rule.unless_zero)

    def unless_zero(row: Cells) -> Any:
        return ABSENT if _is_zero(amount(row), mapping) else read(row)

    return unless_zero


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
    convert = _converted(rule, event, mapping, column)
    if rule.origin.constant:
        return _constant(convert, rule.origin.constant)
    get = first_reader(rule.origin, cells)

    def read(row: Cells) -> Any:
        value = get(row)
        if is_empty(value):
            if rule.required:
                raise BadCell("required", f"is empty, and {rule.name} comes from it", column)
            return ABSENT
        return convert(value)

    return _usual(rule, mapping, cells.place(rule.origin), read)


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


def instant_of(value: Any, read: Callable[[Any], datetime], column: str) -> datetime:
    """Return a cell's time in UTC; :raises BadCell:."""
    try:
        return read(value.strip() if isinstance(value, str) else value)
    except BadTime as error:
        raise BadCell("not_a_time", str(error), column, value) from error


def instant_text(instant: datetime) -> str:
    """Return a time in UTC as events carry it."""
    return instant.isoformat()[: -len("+00:00")] + "Z"
