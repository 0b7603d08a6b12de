"""A cell as what was typed: text, an exact number, true or false, a local time."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from xml.etree.ElementTree import Element

from usage.files.formats.xlsx.workbook import Workbook, text_of
from usage.files.limits import LONGEST_CELL
from usage.files.rows import Unusable, shown

Value = str | Decimal | bool | datetime | Unusable | None

# A spreadsheet keeps this many digits of a number; what has more is not what was typed.
_KEPT_DIGITS = 15
_FURTHEST_DIGIT = 30
_PLACE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}", re.ASCII)
_NO_TEXT = "the cell's text is missing from the workbook"
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([Ee][+-]?[0-9]{1,3})?", re.ASCII)
_HALF = re.compile(r"[\ud800-\udfff]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FIRST_DAY, _FIRST_DAY_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_DAY = 2_958_465
_MILLISECONDS = 86_400_000


class _BadCell(ValueError):
    def __init__(self, code: str, reason: str, said: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.said = said


def column_of(cell: Element, following: int) -> int:
    """Return the cell's column, from 0; one that does not say stands behind the one before."""
    place = _PLACE.fullmatch(cell.get("r", ""))
    if place is None:
        return following
    column = 0
    for letter in place.group(1):
        column = column * 26 + ord(letter) - 64
    return column - 1


def value_of(cell: Element, book: Workbook) -> Value:
    """Return what the cell holds; a formula is worth what the spreadsheet found last."""
    try:
        return _value(cell, book)
    except _BadCell as bad:
        return Unusable(bad.code, str(bad), shown(bad.said))


def _value(cell: Element, book: Workbook) -> Value:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = next((part for part in cell if part.tag.endswith("is")), None)
        return "" if inline is None else _unescaped(text_of(inline))
    written = next((part.text for part in cell if part.tag.rpartition("}")[2] == "v"), None)
    if written is None:
        if any(part.tag.rpartition("}")[2] == "f" for part in cell):
            raise _BadCell(
                "formula", "a formula that was never calculated; save it in a spreadsheet"
            )
        return None
    match kind:
        case "s":
            return _shared(written, book)
        case "str":
            return _unescaped(written)
        case "b":
            return written.strip() == "1"
        case "d":
            return written
        case "e":
            raise _BadCell("error_value", f"the cell shows the error {written}", written)
    return _number(written.strip(), book, int(cell.get("s") or 0))


def _shared(written: str, book: Workbook) -> str:
    try:
        place = int(written)
    except ValueError as error:
        raise _BadCell("broken_cell", _NO_TEXT) from error
    try:
        return _unescaped(book.texts.text(place))
    except IndexError as error:
        raise _BadCell("broken_cell", _NO_TEXT) from error


def _number(written: str, book: Workbook, style: int) -> Decimal | datetime | str:
    if not _NUMBER.fullmatch(written):
        raise _BadCell("bad_value", "the cell holds no number", written)
    if style in book.dates:
        return _time(written, book)
    if style in book.durations:
        return _duration(written)
    number = Decimal(written)
    if number and abs(number.adjusted()) > _FURTHEST_DIGIT:
        raise _BadCell("bad_value", "the cell's number is out of reach", written)
    if len(number.normalize().as_tuple().digits) > _KEPT_DIGITS:
        # 1.1 is stored as 1.1000000000000001: the shortest text of the same number.
        number = Decimal(repr(float(written)))
    if len(number.normalize().as_tuple().digits) > _KEPT_DIGITS:
        reason = "a spreadsheet does not keep this number exactly; make its column text, or use CSV"
        raise _BadCell("inexact", reason, written)
    return Decimal(format(number, "f"))


def _time(written: str, book: Workbook) -> datetime:
    """Return the local time, to the millisecond, as spreadsheets show it."""
    days = Decimal(written)
    if not 0 <= days <= _LAST_DAY:
        raise _BadCell("not_a_time", "the cell holds no date", written)
    if not book.begins_1904 and days < 60:
        # Spreadsheets believe in February 29, 1900.
        days += 1
    first = _FIRST_DAY_1904 if book.begins_1904 else _FIRST_DAY
    return first + timedelta(milliseconds=int((days * _MILLISECONDS).to_integral_value()))


def _duration(written: str) -> str:
    """Return days as hours, minutes and seconds, as the cell shows them: ``26:03:04``."""
    days = Decimal(written)
    if not 0 <= days <= _LAST_DAY:
        raise _BadCell("bad_value", "the cell holds no duration", written)
    seconds, milliseconds = divmod(int((days * _MILLISECONDS).to_integral_value()), 1000)
    minutes, second = divmod(seconds, 60)
    fraction = f".{milliseconds:03}" if milliseconds else ""
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}{fraction}"


def _unescaped(text: str) -> str:
    """Return the text with the characters that XML cannot hold, which are written ``_x0007_``."""
    if len(text) > LONGEST_CELL:
        raise _BadCell("too_long", f"the cell holds more than {LONGEST_CELL:,} characters")
    if "_x" not in text:
        return text
    found = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
    if _HALF.search(found):
        raise _BadCell("broken_cell", "the cell holds half of a character", text)
    return found
