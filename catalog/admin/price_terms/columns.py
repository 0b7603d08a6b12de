"""The columns of rows in a form: what a cell is typed as, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Cell = str | list[str]
Row = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """
    One cell of each row; `path` is its key in the row, or the keys on the way to it.

    A number is typed as text, so that the reader of the plan file judges every digit.
    """

    path: tuple[str, ...]
    label: str
    is_number: bool = False
    width: int = 8
    hint: str = ""

    @property
    def name(self) -> str:
        """The end of the box's name in the page."""
        return "__".join(self.path)

    def keys(self, cell: Cell) -> object:
        """Return what the cell says in the plan file, None where it is empty."""
        return str(cell).strip() or None

    def cell(self, said: object) -> Cell:
        """Return what a cell shows of a value of the plan file."""
        return "" if said is None else str(said)

    def typed(self, data: Any, name: str) -> Cell:
        """Return what was sent for a box of this name."""
        return str(data.get(name, "")).strip()

    def choices(self, cell: Cell) -> Sequence[tuple[str, str, bool]]:
        """Return the value, the words and whether it is chosen, of each; none: it is typed."""
        return ()

    @property
    def is_multiple(self) -> bool:
        """Whether several of the choices may be taken."""
        return False


@dataclass(frozen=True, slots=True)
class WordColumn(Column):
    """One of some words; none of them is the first, empty one."""

    words: tuple[tuple[str, str], ...] = ()

    def choices(self, cell: Cell) -> Sequence[tuple[str, str, bool]]:
        return [(value, label, value == cell) for value, label in (("", "any"), *self.words)]


@dataclass(frozen=True, slots=True)
class TicksColumn(Column):
    """Any of some words, each with a box to tick."""

    words: tuple[tuple[str, str], ...] = ()

    def keys(self, cell: Cell) -> object:
        return list(cell) or None

    def cell(self, said: object) -> Cell:
        return [str(each) for each in said] if isinstance(said, list) else []

    def typed(self, data: Any, name: str) -> Cell:
        sent = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [str(each) for each in sent]

    def choices(self, cell: Cell) -> Sequence[tuple[str, str, bool]]:
        return [(value, label, value in cell) for value, label in self.words]

    @property
    def is_multiple(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class TextsColumn(Column):
    """Several texts, separated by commas."""

    def keys(self, cell: Cell) -> object:
        return [part.strip() for part in str(cell).split(",") if part.strip()] or None

    def cell(self, said: object) -> Cell:
        return ", ".join(map(str, said)) if isinstance(said, list) else ""


def row_keys(columns: Sequence[Column], row: Row) -> dict[str, object]:
    """Return a row as the plan file writes it; empty cells are left out."""
    keys: dict[str, object] = {}
    for column in columns:
        said = column.keys(row.get(column.name, ""))
        if said is not None:
            put(keys, column.path, said)
    return keys


def row_cells(columns: Sequence[Column], keys: Mapping[str, object]) -> Row:
    """Return what the cells show of a row of the plan file."""
    return {column.name: column.cell(found(keys, column.path)) for column in columns}


def put(keys: dict[str, object], path: Sequence[str], value: object) -> None:
    """Set a value in mappings inside mappings, which are made on the way."""
    inner: Any = keys
    for key in path[:-1]:
        inner = inner.setdefault(key, {})
    inner[path[-1]] = value


def found(keys: Mapping[str, object], path: Sequence[str]) -> object:
    """Return the value at the end of a path, None where it leads nowhere."""
    inner: object = keys
    for key in path:
        inner = inner.get(key) if isinstance(inner, Mapping) else None
    return inner
