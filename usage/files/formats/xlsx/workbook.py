"""The parts of a workbook: what they are called, and whether they may be unpacked."""

from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import join, normpath
from typing import IO, BinaryIO
from xml.etree.ElementTree import Element, ParseError, iterparse
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, ZipFile
from zipfile import _EndRecData as end_record  # type: ignore[attr-defined]

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from usage.files.formats.xlsx.shared_texts import SharedTexts
from usage.files.limits import (
    LARGEST_ELEMENT_BYTES,
    LEAST_UNPACKED_BYTES,
    MOST_COLUMNS,
    MOST_DIRECTORY_BYTES,
    MOST_INNER_ELEMENTS,
    MOST_SHARED_TEXT_BYTES,
    MOST_SHARED_TEXTS,
    MOST_UNPACKED_BYTES,
    MOST_WORKBOOK_PARTS,
    UNPACKED_PER_PACKED,
)
from usage.files.rows import Unreadable
from usage.files.watched import Watch, unwatched

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_CHUNK_BYTES = 1 << 14
_LONGEST_PROLOG_BYTES = 1 << 20
# Where the end record of an archive has the number of its parts and the size of their list.
_PARTS, _DIRECTORY_BYTES = 4, 5
_BROKEN = (BadZipFile, KeyError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Workbook:
    """An open workbook: its first sheet, the shared texts, which styles are dates or durations."""

    parts: ZipFile
    sheet: str
    texts: SharedTexts
    watch: Watch
    dates: frozenset[int]
    durations: frozenset[int]
    begins_1904: bool


def open_workbook(stream: BinaryIO, *, watch: Watch = unwatched) -> Workbook:
    """
    Return the workbook; nothing but small parts are unpacked, and no more than the watch allows.

    :raises Unreadable: it is none, or grows beyond all measure when it is unpacked.
    """
    try:
        _refuse_long_directory(stream)
        parts = ZipFile(stream)
        _refuse_bombs(parts)
        book = "xl/workbook.xml"
        if book not in parts.namelist():
            raise Unreadable("not_xlsx", "the file is a ZIP archive, but no XLSX workbook")
        sheet_id, begins_1904 = _first_sheet(parts, book, watch)
        targets = _relations(parts, watch)
        dates, durations = _time_formats(parts, watch)
        return Workbook(
            parts=parts,
            sheet=targets[sheet_id],
            texts=SharedTexts(_shared_texts(parts, watch)),
            watch=watch,
            dates=dates,
            durations=durations,
            begins_1904=begins_1904,
        )
    except Unreadable:
        raise
    except (ParseError, *_BROKEN) as error:
        raise Unreadable("broken_xlsx", f"the workbook is broken: {error}") from error


def elements(parts: ZipFile, name: str, *tags: str, watch: Watch) -> Iterator[Element]:
    """
    Yield the elements of these names (without their namespace) as they end; no other is kept.

    :raises Unreadable: the part declares a document type, which no workbook needs, or one of the
        elements is too large to be held.
    """
    wanted = {space + tag for tag in tags for space in (MAIN, _STRICT, "")}
    _refuse_document_type(parts, name)
    open_elements: list[Element] = []
    outermost = -1
    with parts.open(name) as part:
        held = _Held(part, watch)
        for event, element in iterparse(held, events=("start", "end")):  # noqa: S314  expat limits entities
            if event == "start":
                if outermost < 0 and element.tag in wanted:
                    outermost = len(open_elements)
                open_elements.append(element)
                held.begin(element)
                continue
            open_elements.pop()
            if outermost >= 0 and len(open_elements) > outermost:
                continue
            if outermost >= 0:
                yield element
                outermost = -1
            element.clear()
            if open_elements:
                open_elements[-1].remove(element)
            held.forget()


class _Held:
    """A part of which never more is read than may be held until an element is done with."""

    def __init__(self, part: IO[bytes], watch: Watch) -> None:
        self._part = part
        self._watch = watch
        self.forget()

    def read(self, size: int = -1) -> bytes:
        """:raises Unreadable: an element, or the text between two, is too long."""
        data = self._part.read(min(size, _CHUNK_BYTES) if size > 0 else _CHUNK_BYTES)
        self._watch(data)
        self._bytes += len(data)
        if self._bytes > LARGEST_ELEMENT_BYTES:
            raise Unreadable("too_large", "a row of the workbook is too long; save it as CSV")
        return data

    def begin(self, element: Element) -> None:
        """:raises Unreadable: there are too many elements, or cells of a row."""
        self._elements += 1
        self._cells += element.tag.endswith("}c")
        if self._cells > MOST_COLUMNS:
            raise Unreadable("too_many_columns", f"a row goes beyond {MOST_COLUMNS} columns")
        if self._elements > MOST_INNER_ELEMENTS:
            raise Unreadable("too_large", "a row of the workbook is too long; save it as CSV")

    def forget(self) -> None:
        """Count anew: what was held is let go."""
        self._bytes = self._elements = self._cells = 0


class _Begun(Exception):
    """The root element has begun."""


def _refuse_document_type(parts: ZipFile, name: str) -> None:
    """Look at what stands before the root element, as the parser understands it."""

    def refuse(*_: object) -> None:
        raise Unreadable("broken_xlsx", "the workbook declares a document type")

    def begun(*_: object) -> None:
        raise _Begun

    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begun
    read = 0
    with parts.open(name) as part:
        try:
            while data := part.read(_CHUNK_BYTES):
                parser.Parse(data, False)
                read += len(data)
                if read > _LONGEST_PROLOG_BYTES:
                    raise Unreadable("broken_xlsx", "a part of the workbook does not begin")
        except (_Begun, ExpatError):
            # What is broken, the reader of the elements says with its place.
            return


def _refuse_long_directory(stream: BinaryIO) -> None:
    """Look at the end of the archive, by which its list of parts would be read as a whole."""
    record = end_record(stream)
    if record is None:
        return
    if record[_PARTS] > MOST_WORKBOOK_PARTS or record[_DIRECTORY_BYTES] > MOST_DIRECTORY_BYTES:
        raise Unreadable("too_large", "the workbook has too many parts")


def _refuse_bombs(parts: ZipFile) -> None:
    entries = parts.infolist()
    if len(entries) > MOST_WORKBOOK_PARTS:
        raise Unreadable("too_large", f"the workbook has {len(entries)} parts")
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > min(MOST_UNPACKED_BYTES, max(LEAST_UNPACKED_BYTES, packed * UNPACKED_PER_PACKED)):
        reason = "unpacked, the workbook is more than a hundred times as large"
        raise Unreadable("too_large", reason)
    texts = [entry for entry in entries if entry.filename == "xl/sharedStrings.xml"]
    if len(texts) > 1:
        raise Unreadable("broken_xlsx", "the workbook has its texts twice")
    if texts and texts[0].file_size > MOST_SHARED_TEXT_BYTES:
        raise Unreadable("too_large", "the workbook holds too much text; save it as CSV")


def _first_sheet(parts: ZipFile, book: str, watch: Watch) -> tuple[str, bool]:
    found, begins_1904 = "", False
    for element in elements(parts, book, "sheet", "workbookPr", watch=watch):
        if element.tag.endswith("workbookPr"):
            begins_1904 = element.get("date1904") in {"1", "true"}
        elif not found and element.get("state", "visible") == "visible":
            found = element.get(_RELATION) or element.get(_STRICT_RELATION) or ""
    if not found:
        raise Unreadable("empty", "the workbook has no sheet")
    return found, begins_1904


def _relations(parts: ZipFile, watch: Watch) -> dict[str, str]:
    space = "{http://schemas.openxmlformats.org/package/2006/relationships}"
    found = {}
    name = "xl/_rels/workbook.xml.rels"
    for element in elements(parts, name, f"{space}Relationship", watch=watch):
        target = element.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        found[element.get("Id", "")] = path
    return found


def _shared_texts(parts: ZipFile, watch: Watch) -> Iterator[str]:
    name = "xl/sharedStrings.xml"
    if name not in parts.namelist():
        return
    for number, element in enumerate(elements(parts, name, "si", watch=watch), start=1):
        if number > MOST_SHARED_TEXTS:
            raise Unreadable("too_large", "the workbook holds too many texts; save it as CSV")
        yield text_of(element)


def text_of(element: Element) -> str:
    """Return the text of a cell or shared text, without the readings of Japanese signs."""
    found = []
    for part in element:
        tag = part.tag.rpartition("}")[2]
        if tag == "t":
            found.append(part.text or "")
        elif tag == "r":
            found += [run.text or "" for run in part if run.tag.rpartition("}")[2] == "t"]
    return "".join(found)


def _time_formats(parts: ZipFile, watch: Watch) -> tuple[frozenset[int], frozenset[int]]:
    """Return which styles of cells show a date or a time of day, and which a duration."""
    name = "xl/styles.xml"
    if name not in parts.namelist():
        return frozenset(), frozenset()
    written = dict(BUILTIN_FORMATS)
    styles: list[int] = []
    for element in elements(parts, name, "numFmt", "cellXfs", watch=watch):
        if element.tag.endswith("numFmt"):
            written[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
        else:
            styles = [int(style.get("numFmtId", "0")) for style in element]
    codes = [written.get(code, "") for code in styles]
    durations = frozenset(place for place, code in enumerate(codes) if is_timedelta_format(code))
    dates = frozenset(place for place, code in enumerate(codes) if is_date_format(code))
    return dates - durations, durations
