"""The first rows of a file: its columns, and what a mapping would make of them."""

from dataclasses import dataclass
from itertools import islice

from msgspec.structs import replace

from usage.files.guess import ready_code
from usage.files.mapping import FileMapping
from usage.files.open_table import open_table
from usage.files.read_row import MissingColumn, RefusedRow, RowReader
from usage.files.rows import BadRow, Row, Unreadable
from usage.files.sample_columns import sample_columns
from usage.files.watched import FirstLook, Spent
from usage.intake.json_body import read_json
from usage.intake.kept_properties import PropertyRules
from usage.intake.sent_event import Rejected, SentEvent, json_of
from usage.models import Source, UsageFile
from usage.store.kept_files import FileGone, opened

PREVIEWED_ROWS = 20
# Objects of JSON name only what they have: some rows tell more than the first.
_SAMPLED_ROWS = 200
_NO_ROW = (
    "there is no row near the beginning of the file: take out what stands before the first one, "
    "such as blank lines or a line without an end, or save a workbook as CSV"
)
_NO_VALUE = "none of its first rows has a value that could be mapped"


@dataclass(frozen=True, slots=True)
class FileSample:
    """
    What stands at the beginning of a file.

    `headings` are None for objects of JSON; `columns` are what a mapping can name. `failure` is
    why reading stopped, if it did.
    """

    headings: tuple[str, ...] | None
    columns: tuple[str, ...]
    rows: tuple[Row | BadRow, ...]
    failure: Unreadable | None = None

    def ready_code(self) -> str:
        """Return the code of the ready mapping for such files, or nothing."""
        return ready_code(self.columns)

    def good_rows(self) -> list[Row]:
        """Return the rows that could be read."""
        return [row for row in self.rows if isinstance(row, Row)]

    def what_is_wrong(self) -> Unreadable | None:
        """Return why reading stopped, or why there is nothing that a mapping could name."""
        if self.failure is not None or self.columns:
            return self.failure
        for row in self.rows:
            if isinstance(row, BadRow):
                return Unreadable(row.code, row.reason, row=row.number)
        return Unreadable("empty", _NO_VALUE)


@dataclass(frozen=True, slots=True)
class PreviewedRow:
    """A row, and the events that a mapping makes of it, each or why it is none."""

    row: Row | BadRow
    events: tuple[SentEvent | Rejected, ...]


def file_sample(*, file: UsageFile) -> FileSample:
    """
    Return the beginning of a file, whatever is wrong with it.

    A request waits for it, so it ends after some megabytes (`FirstLook`), with the rows till there.
    """
    rows: list[Row | BadRow] = []
    headings: tuple[str, ...] | None = None
    failure = None
    try:
        with (
            opened(file.stored_as) as stream,
            open_table(
                stream, file.reading, size_bytes=file.size_bytes, watch=FirstLook()
            ) as table,
        ):
            headings = table.columns
            rows.extend(islice(table.rows, _SAMPLED_ROWS))
    except Unreadable as error:
        failure = error
    except Spent:
        if not rows and headings is None:
            failure = Unreadable("no_row", _NO_ROW)
    except FileGone as error:
        failure = Unreadable("gone", str(error))
    good = [row for row in rows if isinstance(row, Row)]
    columns = headings if headings is not None else tuple(sample_columns(good))
    return FileSample(headings, columns, tuple(rows), failure)


def preview(*, source: Source, sample: FileSample, mapping: FileMapping) -> list[PreviewedRow]:
    """
    Return the first 20 rows as events; nothing is looked up.

    Of properties that their source does not keep, what would be stored is shown.

    :raises MissingColumn: the mapping names a column that a table does not have.
    """
    reader = RowReader(mapping, sample.headings)
    rules = None if source.keeps_all else source.rules()
    return [
        PreviewedRow(row, tuple(_as_stored(event, rules) for event in reader.events(row)))
        for row in sample.rows[:PREVIEWED_ROWS]
    ]


def _as_stored(event: SentEvent | Rejected, rules: PropertyRules | None) -> SentEvent | Rejected:
    if rules is None:
        return event
    if isinstance(event, Rejected):
        return event.without_cell() if isinstance(event, RefusedRow) else event
    if not event.properties:
        return event
    body = read_json(event.text.encode())
    assert isinstance(body, dict)
    properties = rules.kept(body["properties"])
    text = json_of({**body, "properties": properties}).decode()
    return replace(event, held=properties, text=text)


__all__ = ["FileSample", "MissingColumn", "PreviewedRow", "file_sample", "preview"]
