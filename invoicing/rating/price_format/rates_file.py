"""A `rates_file`: a deck of rates as CSV, beside the document."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from invoicing.rating.price_format.call_rates import RATE_KEYS, read_rate
from invoicing.rating.terms.call_rate import CallRate
from invoicing.rating.terms.calls import line_of
from values.fields import Place
from values.problems import InvalidTerms, Problem, unknown_key

MOST_ROWS = 200_000
"""What one deck holds: the 160,000 blocks of numbers of North America, and some more."""

_MATCH = "match."
_ROW = re.compile(r"\brates\[(\d+)\]")
_COLUMNS = tuple(key for key in RATE_KEYS.now if key not in ("steps", "match"))


@dataclass(frozen=True)
class RatesFile:
    """The rows of a file with their lines, from 1; `name` is as the document says it."""

    name: str
    rows: tuple[tuple[int, CallRate], ...]

    def told(self, problem: Problem, *, after: int, other: Callable[[int], str]) -> Problem:
        """
        Return the problem of terms whose rows are `after` others and then these.

        Rows of the file are named by their lines, in the path and in the words; what `other`
        calls those before them stands in the words.
        """

        def name(at: int) -> str:
            return line_of(self.name, self.rows[at - after][0]) if at >= after else other(at)

        words = _ROW.sub(lambda row: name(int(row[1])), problem.message)
        match problem.path:
            case ("rates", int(at), *keys) if at >= after:
                return Problem((name(at), *keys), words)
        return Problem(problem.path, words)


def too_many_rows(count: int) -> str:
    """Return why a deck of so many rows is refused, and what can be done."""
    return (
        f"has {count:,} rows, at most {MOST_ROWS:,} are taken: leave out rows that cost what a "
        "shorter prefix costs, or give each direction a meter of its own, by a filter, and a price"
    )


def read_rates_file(place: Place, read_file: Callable[[str], str] | None) -> RatesFile | None:
    """
    Return the rows of the file that the place names, None where it has problems.

    Columns are the keys of a row, and ``match.KEY``; an empty cell is absent. The file lies in
    the document's folder: its name leads nowhere else. One with too many rows is refused
    before any is read.
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
    count = _count(text)
    if count > MOST_ROWS:
        place.problems.append(Problem((name,), too_many_rows(count)))
        return None
    rows = tuple(_rows(text, name, place.problems))
    if len(place.problems) > before:
        return None
    if not rows:
        place.problems.append(Problem((name,), "has no rows"))
        return None
    return RatesFile(name, rows)


def _count(text: str) -> int:
    """Return how many rows there are below the first one; no exact number where all are taken."""
    lines = text.count("\n") + text.count("\r")
    if lines <= MOST_ROWS:
        return lines
    cells = csv.reader(_opened(text), strict=True)
    count = 0
    try:
        next(cells, None)
        for row in cells:
            count += any(row)
    except csv.Error:
        pass  # said with its line when the rows are read
    return count


def _opened(text: str) -> io.StringIO:
    return io.StringIO(text.removeprefix("\ufeff"), newline="")


def _rows(text: str, name: str, problems: list[Problem]) -> Iterator[tuple[int, CallRate]]:
    lines = csv.reader(_opened(text), strict=True)
    try:
        columns = [column.strip() for column in next(lines, [])]
        refused = [Problem((name, column), why) for column, why in _refused(columns)]
        problems.extend(refused)
        for cells in () if refused else lines:
            place = line_of(name, lines.line_num)
            if len(cells) > len(columns):
                problems.append(Problem((place,), f"has more than {len(columns)} cells"))
            elif any(cells):
                row = read_rate(Place(_keys(columns, cells), (place,), problems))
                if row is not None:
                    yield lines.line_num, row
    except csv.Error as error:
        problems.append(Problem((line_of(name, lines.line_num),), f"is not CSV: {error}"))


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
