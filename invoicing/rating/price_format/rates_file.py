"""A `rates_file`: a deck of rates as CSV, beside the document."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from invoicing.rating.price_format.call_rates import RATE_KEYS, read_rate
from invoicing.rating.terms.call_rate import CallRate
from values.fields import Place
from values.problems import InvalidTerms, Problem, unknown_key

_MATCH = "match."
_COLUMNS = tuple(key for key in RATE_KEYS.now if key not in ("steps", "match"))


@dataclass(frozen=True)
class RatesFile:
    """The rows of a file with their lines, from 1; `name` is as the document says it."""

    name: str
    rows: tuple[tuple[int, CallRate], ...]

    def place_of(self, index: int) -> str:
        """Return where a row stands: ``deck.csv line 7``."""
        return f"{self.name} line {self.rows[index][0]}"


def read_rates_file(place: Place, read_file: Callable[[str], str] | None) -> RatesFile | None:
    """
    Return the rows of the file that the place names, None where it has problems.

    Columns are the keys of a row, and ``match.KEY``; an empty cell is absent. The file lies in
    the document's folder: its name leads nowhere else.
    """
    before = len(place.problems)
    name = place.text()
    if len(place.problems) > before:
        return None
    if "/" in name or "\\" in name or name.startswith(".") or not name.isprintable():
        place.problem("must be the name of a file beside the document")
        return None
    if read_file is None:
        place.problem("there is no folder here to read it from")
        return None
    try:
        text = read_file(name)
    except InvalidTerms as error:
        place.attach(error)
        return None
    rows = tuple(_rows(text, name, place.problems))
    if len(place.problems) > before:
        return None
    if not rows:
        place.problems.append(Problem((name,), "has no rows"))
        return None
    return RatesFile(name, rows)


def _rows(text: str, name: str, problems: list[Problem]) -> Iterator[tuple[int, CallRate]]:
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        columns = [column.strip() for column in next(lines, [])]
        refused = [Problem((name, column), why) for column, why in _refused(columns)]
        problems.extend(refused)
        for cells in () if refused else lines:
            place = f"{name} line {lines.line_num}"
            if len(cells) > len(columns):
                problems.append(Problem((place,), f"has more than {len(columns)} cells"))
            elif any(cells):
                row = read_rate(Place(_keys(columns, cells), (place,), problems))
                if row is not None:
                    yield lines.line_num, row
    except csv.Error as error:
        problems.append(Problem((f"{name} line {lines.line_num}",), f"is not CSV: {error}"))


def _keys(columns: list[str], cells: list[str]) -> dict[str, object]:
    keys: dict[str, object] = {}
    match: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        if not cell:
            continue
        if column.startswith(_MATCH):
            match[column.removeprefix(_MATCH)] = cell
        else:
            keys[column] = cell
    return {**keys, "match": match} if match else keys


def _refused(columns: list[str]) -> Iterator[tuple[str, str]]:
    for index, column in enumerate(columns):
        if column in columns[:index]:
            yield column, "this column stands here twice"
        elif column == "steps":
            yield column, "steps stand in the document, not in a file"
        elif column not in _COLUMNS and not column.removeprefix(_MATCH).strip():
            yield column, "a column needs a name"
        elif column not in _COLUMNS and not column.startswith(_MATCH):
            yield column, unknown_key(column, known=_COLUMNS)
