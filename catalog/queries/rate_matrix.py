"""Entries of a rate card as a table: a row and a column for each value, a rate in each cell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from invoicing.rating.entries import RateEntry
from invoicing.rating.match import ANY, Match
from values.exact import plain

WILDCARD = "*"

# Browsers send line ends in their own way: such a value would come back as another one.
_NOT_IN_A_FORM = frozenset("\r\n")

Combination = tuple[str, ...]
"""A value for each group key, in their order; ``*`` is any value."""


@dataclass(frozen=True)
class RateMatrix:
    """
    Rates by the values of the meter's group keys, as text: with two decimals at least, or as typed.

    Rows are values of the first key, columns of the second; a layer holds a value for each
    further key. A key that the meter does not have has the one value of no text.
    """

    keys: tuple[str, ...]
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    layers: tuple[Combination, ...] = ()
    rates: Mapping[Combination, str] = field(default_factory=dict)

    def combination(self, layer: Combination, row: str, column: str) -> Combination:
        """Return the values of a cell, one for each key."""
        return (row, column, *layer)[: len(self.keys)]

    def combinations(self) -> list[Combination]:
        """Return the cells as they are read: layer by layer, row by row."""
        return [
            self.combination(layer, row, column)
            for layer in self.layers
            for row in self.rows
            for column in self.columns
        ]

    def with_row(self, value: str) -> "RateMatrix":
        """Return the matrix with a row for this value, last; the same if it has one."""
        return self if value in self.rows else replace(self, rows=(*self.rows, value))

    def with_column(self, value: str) -> "RateMatrix":
        """Return the matrix with a column for this value, last; the same if it has one."""
        return self if value in self.columns else replace(self, columns=(*self.columns, value))

    def with_layer(self, values: Combination) -> "RateMatrix":
        """Return the matrix with a layer for these values, last; the same if it has one."""
        return self if values in self.layers else replace(self, layers=(*self.layers, values))


def rate_matrix(
    *, entries: Iterable[RateEntry], keys: Sequence[str]
) -> tuple[RateMatrix, list[RateEntry]]:
    """
    Return the entries as a matrix, and those that it cannot show.

    It shows what asks each group key for one value or ``*``, without a priority. Values stand
    in the order of the entries.
    """
    matrix = RateMatrix(keys=tuple(keys))
    rates: dict[Combination, str] = {}
    kept = []
    for entry in entries:
        combination = combination_of(entry, keys)
        if combination is None:
            kept.append(entry)
            continue
        rates[combination] = plain(entry.rate, least_places=2)
        row, column, *layer = (*combination, "", "")[: max(2, len(keys))]
        matrix = matrix.with_row(row).with_column(column).with_layer(tuple(layer))
    return replace(_with_missing_axes(matrix), rates=rates), kept


def combination_of(entry: RateEntry, keys: Sequence[str]) -> Combination | None:
    """Return the values of the entry's cell; None if no cell can show it."""
    if entry.priority or set(entry.match) != set(keys):
        return None
    values = []
    for key in keys:
        value = entry.match[key]
        if value is ANY:
            values.append(WILDCARD)
        elif isinstance(value, str) and not set(value) & _NOT_IN_A_FORM:
            values.append(value)
        else:
            return None
    return tuple(values)


def match_of(combination: Combination, keys: Sequence[str]) -> Match:
    """Return what the entry of a cell asks."""
    return {
        key: ANY if value == WILDCARD else value
        for key, value in zip(keys, combination, strict=True)
    }


def _with_missing_axes(matrix: RateMatrix) -> RateMatrix:
    if not matrix.keys:
        matrix = matrix.with_row("")
    if len(matrix.keys) < 2:
        matrix = matrix.with_column("")
    return matrix.with_layer(()) if len(matrix.keys) < 3 else matrix
