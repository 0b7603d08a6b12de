"""Files that are made to take far more memory, or time, than they have bytes."""

import gzip
import io
import zipfile

from usage.files.limits import LONGEST_LINE_BYTES, MOST_VALUES_OF_A_ROW

_EVENT = b'{"customer_id":"a","event_name":"n","idempotency_key":"%d","occurred_at":"%s",%s}\n'
_AT = b"2024-11-05T10:00:00Z"
_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def event(number: int, members: bytes) -> bytes:
    """Return an event of the API on a line, with further members."""
    return _EVENT % (number, _AT, members)


def full_events(part: bytes, *, rows: int) -> bytes:
    """Return events with a list of this part, as often as a row may have it."""
    signs = max(1, sum(map(part.count, (b",", b"[", b"{"))))
    times = min((MOST_VALUES_OF_A_ROW - 20) // signs, (LONGEST_LINE_BYTES - 300) // len(part))
    members = b'"properties":{"x":[%s1]}' % (part * times)
    return b"".join(event(number, members) for number in range(rows))


def bracket_rows(*, rows: int) -> bytes:
    """Return lines of opening brackets."""
    return (b"[" * (LONGEST_LINE_BYTES - 1) + b"\n") * rows


def workbook_of(sheet: str, *, times: int = 0, repeated: str = "", texts: str = "") -> bytes:
    """Return a workbook whose sheet is this, and then so many times a row."""
    content = io.BytesIO()
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{_SPACE}" xmlns:r="{_RELATIONS}">'
        '<sheets><sheet name="a" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
        '<Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
    }
    if texts:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{_SPACE}">{texts}</sst>'
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        for name, xml in parts.items():
            book.writestr(name, xml)
        with book.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(f'<worksheet xmlns="{_SPACE}"><sheetData>{sheet}'.encode())
            for _ in range(times // 1000):
                part.write(repeated.encode() * 1000)
            part.write(b"</sheetData></worksheet>")
    return content.getvalue()


def empty_members(*, megabytes: int) -> bytes:
    """Return so much of gzip files that hold nothing."""
    member = gzip.compress(b"")
    return member * (megabytes * 2**20 // len(member))
