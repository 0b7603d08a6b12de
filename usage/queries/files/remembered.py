"""The mapping that an earlier file of a source had, for one with the same columns."""

from collections.abc import Collection
from dataclasses import dataclass

from usage.files.detect import FileFormat
from usage.files.guess import ready_columns
from usage.files.mapping import FileMapping
from usage.files.mapping_format import read_mapping
from usage.models import ColumnMapping, Source
from values.problems import InvalidTerms


@dataclass(frozen=True, slots=True)
class Remembered:
    """
    What the columns of an earlier file meant, and how those of the new one differ.

    `missing` are columns that the earlier file had and this one lacks; the mapping looks at none
    of them. `new` are columns that nobody has looked at yet.
    """

    mapping: FileMapping
    encoding: str
    missing: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        """Return whether the file has the same columns, no more and no less."""
        return not (self.missing or self.new)


def remembered_mapping(
    *,
    source: Source,
    format: FileFormat,  # noqa: A002
    columns: Collection[str],
) -> Remembered | None:
    """
    Return the mapping used last for a file with these very columns, else the nearest that fits.

    None where the file lacks what every mapping looks at. A mapping that looks at no column
    takes the rows as events; it is for files of objects alone.
    """
    known = set(columns)
    if format in {FileFormat.JSON, FileFormat.NDJSON}:
        known |= ready_columns(list(columns))
    nearest: Remembered | None = None
    for row in ColumnMapping.objects.filter(source=source, format=format)[:100]:
        found = _fitting(row, set(columns), known)
        if found is not None and found.is_exact:
            return found
        if found is not None and (nearest is None or _distance(found) < _distance(nearest)):
            nearest = found
    return nearest


def _fitting(row: ColumnMapping, columns: set[str], known: set[str]) -> Remembered | None:
    try:
        mapping = read_mapping(row.mapping)
    except InvalidTerms:
        return None
    wanted = mapping.columns()
    if not (wanted <= known and (wanted or "event_name" in known)):
        return None
    earlier = wanted if row.columns is None else set(row.columns)
    return Remembered(
        mapping,
        row.encoding,
        missing=tuple(sorted(earlier - columns)),
        new=tuple(sorted(columns - earlier)),
    )


def _distance(found: Remembered) -> int:
    return len(found.missing) + len(found.new)
