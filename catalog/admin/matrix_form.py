"""What staff typed into the table of rates, read cell by cell."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from catalog.models import RateEntry as RateEntryRow
from catalog.queries.rate_matrix import Combination, RateMatrix, match_of
from invoicing.rating.entries import RateEntry
from invoicing.rating.rate_card import RateCardVersion
from values.exact import NotExact, exact_decimal
from values.problems import InvalidTerms

# Django reads 1,000 fields of a form; some are not of the table.
MOST_FIELDS = 900
LONGEST_VALUE = 200


@dataclass
class MatrixForm:
    """A matrix as typed, with what is wrong by cell (`cells`), by new value, and in all."""

    matrix: RateMatrix
    cells: dict[Combination, str] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)

    @property
    def has_problems(self) -> bool:
        """Return whether it cannot be saved as it is."""
        return bool(self.cells or self.problems or self.unread)


def read_matrix(posted: QueryDict, keys: tuple[str, ...]) -> MatrixForm:
    """Return the posted table, with rows, columns and layers that were typed into its boxes."""
    matrix = RateMatrix(
        keys=keys,
        rows=_axis(posted, "row"),
        columns=_axis(posted, "column"),
        layers=_layers(posted, len(keys)),
    )
    names = cell_names(matrix)
    rates = {cell: posted.get(name, "").strip() for cell, name in names.items()}
    form = MatrixForm(replace(matrix, rates={c: text for c, text in rates.items() if text}))
    typed = form.matrix
    _add_values(form, posted)
    if is_too_large(form.matrix):
        form.matrix, form.added = typed, []
        form.problems.append(
            f"A table has at most {MOST_FIELDS} cells and headings; import more from a file."
        )
    return form


def is_too_large(matrix: RateMatrix) -> bool:
    """Return whether a form cannot send all of it."""
    headings = len(matrix.rows) + len(matrix.columns) + len(matrix.layers)
    return headings + len(matrix.combinations()) > MOST_FIELDS


def cell_names(matrix: RateMatrix) -> dict[Combination, str]:
    """Return the name of each cell's box: its layer, row and column by number."""
    return {
        matrix.combination(layer, row, column): f"rate-{index}-{down}-{across}"
        for index, layer in enumerate(matrix.layers)
        for down, row in enumerate(matrix.rows)
        for across, column in enumerate(matrix.columns)
    }


def read_entries(form: MatrixForm, kept: list[RateEntry]) -> list[RateEntry]:
    """
    Return the entries of the filled cells, then those that no cell shows.

    What is wrong is noted at its cell, in the words of the engine that prices by them.
    """
    read: dict[Combination, RateEntry] = {}
    for cell, text in form.matrix.rates.items():
        try:
            read[cell] = _entry(cell, text, form.matrix.keys)
        except (NotExact, ValidationError, InvalidTerms) as error:
            form.cells[cell] = _words(error)
    entries = [*read.values(), *kept]
    try:
        RateCardVersion(datetime.now(UTC), None, tuple(entries))
    except InvalidTerms as error:
        _note_ties(form, list(read), error)
    return entries


def _entry(cell: Combination, text: str, keys: tuple[str, ...]) -> RateEntry:
    rate = exact_decimal(text)
    entry = RateEntry(match=match_of(cell, keys), rate=rate)
    RateEntryRow._meta.get_field("rate").clean(rate, None)
    return entry


def _words(error: Exception) -> str:
    if isinstance(error, InvalidTerms):
        return "; ".join(problem.message for problem in error.problems)
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def _note_ties(form: MatrixForm, cells: list[Combination], error: InvalidTerms) -> None:
    for problem in error.problems:
        place = problem.path[1] if len(problem.path) > 1 else None
        if isinstance(place, int) and place < len(cells):
            form.cells[cells[place]] = problem.message
        else:
            form.problems.append(problem.message)


def _axis(posted: QueryDict, name: str) -> tuple[str, ...]:
    values = (value for value in posted.getlist(name) if "\x00" not in value)
    return tuple(dict.fromkeys(values))


def _layers(posted: QueryDict, keys_number: int) -> tuple[Combination, ...]:
    if keys_number < 3:
        return ((),)
    layers: dict[Combination, None] = {}
    for text in posted.getlist("layer"):
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            continue
        is_layer = isinstance(values, list) and len(values) == keys_number - 2
        if is_layer and all(isinstance(value, str) and "\x00" not in value for value in values):
            layers[tuple(values)] = None
    return tuple(layers)


def _add_values(form: MatrixForm, posted: QueryDict) -> None:
    keys = form.matrix.keys
    asked = {name: _new_value(form, posted, name) for name in ("new_row", "new_column")}
    if keys and asked["new_row"]:
        form.matrix = form.matrix.with_row(asked["new_row"])
        form.added.append(f"{keys[0]}: {asked['new_row']}")
    if len(keys) > 1 and asked["new_column"]:
        form.matrix = form.matrix.with_column(asked["new_column"])
        form.added.append(f"{keys[1]}: {asked['new_column']}")
    further = [_new_value(form, posted, f"new_layer_{place}") for place in range(len(keys) - 2)]
    if any(further):
        if all(further):
            form.matrix = form.matrix.with_layer(tuple(further))
            form.added.append(", ".join(further))
        else:
            form.problems.append("A further table needs a value for each of its properties.")


def _new_value(form: MatrixForm, posted: Mapping[str, Any], name: str) -> str:
    value = str(posted.get(name, "")).strip()
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        form.unread[name] = "A character in this cannot be stored."
    elif len(value) > LONGEST_VALUE:
        form.unread[name] = f"A value has at most {LONGEST_VALUE} characters."
    else:
        return value
    return ""
