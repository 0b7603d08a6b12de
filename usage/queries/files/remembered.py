"""The mapping that an earlier file of a source had, for one with the same columns."""

from collections.abc import Collection

from usage.files.detect import FileFormat
from usage.files.guess import ready_columns
from usage.files.mapping import FileMapping
from usage.files.mapping_format import read_mapping
from usage.models import ColumnMapping, Source
from values.problems import InvalidTerms


def remembered_mapping(
    *,
    source: Source,
    format: FileFormat,  # noqa: A002
    columns: Collection[str],
) -> tuple[ColumnMapping, FileMapping] | None:
    """
    Return the mapping used last whose columns the file has all, None where there is none.

    A mapping that looks at no column takes the rows as events; it is for files of objects alone.
    """
    known = set(columns)
    if format in {FileFormat.JSON, FileFormat.NDJSON}:
        known |= ready_columns(list(columns))
    for row in ColumnMapping.objects.filter(source=source, format=format)[:100]:
        try:
            mapping = read_mapping(row.mapping)
        except InvalidTerms:
            continue
        wanted = mapping.columns()
        if wanted <= known and (wanted or "event_name" in known):
            return row, mapping
    return None
