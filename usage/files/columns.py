"""Where a row has the value of a column: a place of a table, or a path of names into JSON."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from usage.files.mapping import Origin
from usage.files.rows import Unusable, shown
from usage.intake.json_body import TwiceNamed

Cells = Sequence[Any] | Mapping[str, Any]
Get = Callable[[Any], Any]


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
