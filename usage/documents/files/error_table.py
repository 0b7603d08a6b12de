"""The errors of a run as a table, also for spreadsheets."""

import csv
from collections.abc import Iterable, Iterator

from usage.documents.spreadsheet_cells import safe_cell
from usage.models import FileError

HEADINGS = ("row", "column", "status", "code", "reason", "excerpt", "idempotency_key")


def error_row(error: FileError) -> tuple[str, ...]:
    """Return the cells of an error, under HEADINGS."""
    return (
        str(error.row),
        error.column,
        error.status,
        error.code,
        error.reason,
        error.excerpt,
        error.idempotency_key,
    )


def csv_lines(errors: Iterable[FileError]) -> Iterator[str]:
    """Yield the lines of a CSV; what a spreadsheet would calculate gets an apostrophe in front."""
    writer = csv.writer(_Echo())
    yield writer.writerow(HEADINGS)
    for error in errors:
        yield writer.writerow([safe_cell(cell) for cell in error_row(error)])


class _Echo:
    """What the csv module writes a line to, to get it back."""

    def write(self, line: str) -> str:
        return line
