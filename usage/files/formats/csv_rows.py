"""CSV: one mistake in quoting costs one line, never the rest of the file."""

import csv
import io
from collections import Counter, deque
from collections.abc import Iterator
from typing import TypeAlias

from usage.files.encodings import BOM, Encoding, NotText, decoded
from usage.files.limits import (
    LONGEST_HEADING,
    LONGEST_LINE_BYTES,
    MOST_COLUMNS,
    MOST_LINES_OF_A_RECORD,
    MOST_REREAD_BYTES,
    MOST_VALUES_OF_A_ROW,
)
from usage.files.lines import Line, Lines
from usage.files.rows import BadRow, Row, Table, Unreadable, is_whole_text, shown

DELIMITERS = (",", ";", "\t", "|")
_TOO_MANY = f"the row has more than {MOST_VALUES_OF_A_ROW:,} values (counted by the delimiter)"
_TOO_MANY_COLUMNS = f"the file has more than {MOST_COLUMNS:,} columns, which is the limit"
_TOO_LONG = f"the line is longer than {LONGEST_LINE_BYTES // 2**20} MB"


class _Mistaken(ValueError):
    """A record that is none; `code` and the message say why."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def read_csv(stream: io.BufferedReader, *, encoding: str, delimiter: str = "") -> Table:
    """
    Return the table of a CSV whose first row that is not blank has the names of the columns.

    Without a delimiter it is the one that stands most often in that row. The stream is at the
    beginning of the file.

    :raises Unreadable: there are no names, a name stands twice, or it is no CSV at all.
    """
    lines = Lines(stream)
    first = _first_line(lines)
    start = len(BOM) if (first.data or b"").startswith(BOM) else 0
    text = _text(first._replace(data=(first.data or b"")[start:]), encoding)
    delimiter = delimiter or most_frequent(text)
    records = _Records(lines, encoding, delimiter, pending=[(first, text)])
    head = records.next()
    if isinstance(head, BadRow) and head.code == "too_many_values":
        raise Unreadable("too_many_columns", _TOO_MANY_COLUMNS, row=head.number)
    if not isinstance(head, Row):
        raise Unreadable(head.code if head else "empty", _of_head(head), row=first.number)
    columns = named_columns(head.cells, row=head.number)
    return Table(columns, _rows(records, columns))


def most_frequent(heading: str) -> str:
    """Return the delimiter that stands most often outside quotes; a comma where none does."""
    counts = Counter(_unquoted(heading))
    return max(DELIMITERS, key=lambda mark: counts[mark])


def named_columns(cells: object, *, row: int) -> tuple[str, ...]:
    """
    Return the names of the columns; one without a name is called by its place.

    :raises Unreadable: too many, a name that is too long or stands twice.
    """
    assert isinstance(cells, list)
    names = [str(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        reason = f"the file has {len(names)} columns; the limit is {MOST_COLUMNS}"
        raise Unreadable("too_many_columns", reason, row=row)
    named = tuple(name or f"column {place}" for place, name in enumerate(names, start=1))
    for name in named:
        if len(name) > LONGEST_HEADING:
            reason = f"the heading {shown(name)!r} has more than {LONGEST_HEADING} characters"
            raise Unreadable("long_heading", reason, row=row)
        if "\x00" in name:
            raise Unreadable("nul", "a heading holds a NUL character: is it UTF-16?", row=row)
        if not is_whole_text(name):
            reason = f"the heading {shown(name)!r} holds half of a character"
            raise Unreadable("encoding", reason, row=row)
    twice = [name for name, times in Counter(named).items() if times > 1]
    if twice:
        reason = f"the column {shown(twice[0])!r} stands twice; give each a name of its own"
        raise Unreadable("duplicate_heading", reason, row=row)
    return named


_Taken: TypeAlias = tuple[Line, str | NotText | None]
"""A line with its text; without one why it has none, None where it is too long to be read."""


class _Records:
    """
    Reads record after record from lines.

    A record that is wrong gives its first line up; the lines that it had swallowed are read
    once more, as records of their own.
    """

    def __init__(
        self,
        lines: Lines,
        encoding: str,
        delimiter: str,
        pending: list[tuple[Line, str]] | None = None,
    ) -> None:
        self._lines = lines
        self._following = iter(lines)
        self._encoding = encoding
        self._delimiter = delimiter
        self._again: deque[_Taken] = deque(pending or ())
        self._taken: list[tuple[Line, str]] = []
        self._reread_bytes = 0

    def next(self) -> Row | BadRow | None:
        """Return the next record, None behind the last."""
        while True:
            taken = self._take()
            if taken is None:
                return None
            line, text = taken
            if not isinstance(text, str):
                return _bad_line(line, text)
            if '"' not in text:
                # The usual line, of which there are millions.
                plain = text.rstrip("\r\n")
                if not plain:
                    if not self._again:
                        self._lines.pass_blank()
                    continue
                if "\x00" not in plain and "\r" not in plain:
                    if len(plain) <= MOST_VALUES_OF_A_ROW or self._may_split(plain):
                        return Row(line.number, plain.split(self._delimiter))
                    excerpt = shown(plain)
                    return BadRow(line.number, "too_many_values", _TOO_MANY, excerpt=excerpt)
            return self._quoted(line, text)

    def _may_split(self, plain: str) -> bool:
        return plain.count(self._delimiter) <= MOST_VALUES_OF_A_ROW

    def _take(self) -> _Taken | None:
        if self._again:
            return self._again.popleft()
        line = next(self._following, None)
        if line is None:
            return None
        if line.data is None:
            return line, None
        try:
            return line, decoded(line.data, self._encoding, start=line.start)
        except NotText as error:
            return line, error

    def _quoted(self, line: Line, text: str) -> Row | BadRow:
        self._taken = []
        try:
            if "\x00" in text:
                raise _Mistaken("nul", "the line holds a NUL character")
            cells = next(
                csv.reader(self._texts(line, text), delimiter=self._delimiter, strict=True)
            )
        except (csv.Error, StopIteration, _Mistaken) as error:
            self._read_again(line)
            code = error.code if isinstance(error, _Mistaken) else "quoting"
            reason = str(error) or "a quotation mark is never closed"
            if reason.startswith("unexpected end"):
                reason = "a quotation mark is never closed"
            return BadRow(line.number, code, reason, excerpt=shown(text.rstrip()))
        return Row(line.number, cells)

    def _read_again(self, line: Line) -> None:
        """:raises Unreadable: so much was read again that the file's quoting is no quoting."""
        self._reread_bytes += sum(len(text) for _, text in self._taken[1:])
        if self._reread_bytes > MOST_REREAD_BYTES:
            reason = "too many quotation marks are never closed: the file's quoting is broken"
            raise Unreadable("quoting", reason, row=line.number)
        self._again.extendleft(reversed(self._taken[1:]))

    def _texts(self, line: Line, text: str) -> Iterator[str]:
        """Yield the lines that the record asks for, as long as it stays within bounds."""
        size = cells = 0
        following: _Taken | None = (line, text)
        while following is not None:
            line, found = following
            if not isinstance(found, str) or "\x00" in found:
                self._again.appendleft(following)
                raise _Mistaken("quoting", "a quotation mark is not closed before a bad line")
            self._taken.append((line, found))
            size += len(found)
            if size > LONGEST_LINE_BYTES or len(self._taken) > MOST_LINES_OF_A_RECORD:
                raise _Mistaken("quoting", "a quotation mark is never closed")
            cells += found.count(self._delimiter)
            if cells > MOST_VALUES_OF_A_ROW:
                raise _Mistaken("too_many_values", _TOO_MANY)
            yield found
            following = self._take()


def _bad_line(line: Line, why: NotText | None) -> BadRow:
    if line.data is None:
        return BadRow(line.number, "line_too_long", _TOO_LONG)
    excerpt = shown(line.data.decode("ascii", "backslashreplace"))
    return BadRow(line.number, "encoding", str(why), excerpt=excerpt)


def _rows(records: _Records, columns: tuple[str, ...]) -> Iterator[Row | BadRow]:
    width = len(columns)
    while True:
        row = records.next()
        if row is None:
            return
        if isinstance(row, Row) and len(row.cells) != width:
            cells = list(row.cells)
            if not any(cells):
                continue
            if len(cells) < width or any(cells[width:]):
                reason = f"the row has {len(cells)} values, the heading {width} columns"
                excerpt = shown(",".join(cells))
                yield BadRow(row.number, "wrong_width", reason, excerpt=excerpt)
                continue
            row = Row(row.number, cells[:width])
        elif isinstance(row, Row) and not any(row.cells):
            continue
        yield row


def _first_line(lines: Lines) -> Line:
    for line in lines:
        if line.data is None:
            raise Unreadable("line_too_long", _TOO_LONG, row=line.number)
        if line.data.removeprefix(BOM).strip():
            return line
        lines.pass_blank()
    raise Unreadable("empty", "the file is empty")


def _text(line: Line, encoding: str) -> str:
    assert line.data is not None
    if b"\x00" in line.data:
        reason = "the first row holds NUL characters: save the file as text in UTF-8"
        raise Unreadable("nul", reason, row=line.number)
    if b"\r" in line.data.rstrip(b"\r\n") and b'"' not in line.data:
        reason = "the lines end with CR alone; save the file with LF or CRLF"
        raise Unreadable("line_ends", reason, row=line.number)
    try:
        return decoded(line.data, encoding, start=line.start)
    except NotText as error:
        way_out = "save the file as UTF-8"
        if encoding == Encoding.UTF_8:
            way_out += ", or say that it is Windows-1252"
        raise Unreadable("encoding", f"{error}; {way_out}", row=line.number) from error


def _of_head(head: BadRow | None) -> str:
    return head.reason if head else "the file is empty"


def _unquoted(heading: str) -> Iterator[str]:
    for place, part in enumerate(heading.split('"')):
        if place % 2 == 0:
            yield from part
