"""Taking values out of rows: by column, by the first that is filled, as text or as a time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from usage.files.cells import BadValue, as_text, is_empty
from usage.files.columns import BadCell, Cells, Columns, Get
from usage.files.mapping import Condition, Origin
from usage.files.times import BadTime


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


def first_reader(
    origin: Origin, cells: Columns, *, nothing: Callable[[Any], bool] = is_empty
) -> Get:
    """Return what takes the first value of an origin from a row that is not `nothing`, or None."""
    gets = [cells.get(name) for name in origin.columns]
    if not origin.by:
        if len(gets) == 1:
            return gets[0]

        def first(row: Cells) -> Any:
            for get in gets:
                value = get(row)
                if not nothing(value):
                    return value
            return None

        return first
    by = cells.get(origin.by)
    cases = {word: cells.get(name) for word, name in origin.cases.items()}

    def chosen(row: Cells) -> Any:
        case = cases.get(plain_text(by(row)))
        for get in (*([case] if case else []), *gets):
            value = get(row)
            if not nothing(value):
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


def instant_of(value: Any, read: Callable[[Any], datetime], column: str) -> datetime:
    """Return a cell's time in UTC; :raises BadCell:."""
    try:
        return read(value.strip() if isinstance(value, str) else value)
    except BadTime as error:
        raise BadCell("not_a_time", str(error), column, value) from error


def instant_text(instant: datetime) -> str:
    """Return a time in UTC as events carry it."""
    return instant.isoformat()[: -len("+00:00")] + "Z"
