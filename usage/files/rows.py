"""What reading a file yields: rows with their place, and what is wrong with the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from usage.files.limits import SHOWN_OF_A_VALUE


class Row(NamedTuple):
    """
    A row as the file has it.

    `number` is what a person finds it by: the line at which it begins (CSV, NDJSON), the row of
    the sheet, or its place in the array, each from 1. `cells` are the values in the order of the
    columns, or a JSON object.
    """

    number: int
    cells: Sequence[Any] | Mapping[str, Any]


class BadRow(NamedTuple):
    """A row that cannot be read: where (a column, or empty), a code, the reason, what it said."""

    number: int
    code: str
    reason: str
    column: str = ""
    excerpt: str = ""


class Unusable(NamedTuple):
    """A cell that holds nothing that could be used; it matters where a mapping looks at it."""

    code: str
    reason: str
    said: str = ""


class Unreadable(ValueError):
    """
    The file cannot be read, or not from this row on (0: not at all).

    What stood before the row was good and has been yielded.
    """

    def __init__(self, code: str, reason: str, *, row: int = 0) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.row = row


@dataclass(frozen=True, slots=True)
class Table:
    """
    The rows of a file, to be read once.

    `columns` are the headings; None for objects of JSON, each of which has its own names.
    """

    columns: tuple[str, ...] | None
    rows: Iterator[Row | BadRow]


def is_whole_text(text: str) -> bool:
    """Return whether a text can be stored: without NUL, and without half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def shown(value: object) -> str:
    """Return the beginning of a value, for a message, without what no text may hold."""
    text = str(value)[:SHOWN_OF_A_VALUE]
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
