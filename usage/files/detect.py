"""What a file is, told by its first bytes; its name is only a name."""

import re
from enum import StrEnum
from typing import Any

from usage.files.encodings import BOM, is_utf_16
from usage.files.formats.json_array import MEMBERS
from usage.files.rows import Unreadable
from usage.intake.json_body import NotJson, read_json

HEAD_BYTES = 1 << 16
_ZIP = b"PK\x03\x04"
_OTHERS = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls); save it as .xlsx or CSV",
    b"%PDF": "a PDF",
    b"BZh": "packed by bzip2; use gzip",
    b"\xfd7zXZ": "packed by xz; use gzip",
    b"\x28\xb5\x2f\xfd": "packed by zstd; use gzip",
    b"7z\xbc\xaf": "a 7-Zip archive; use gzip",
    b"PAR1": "Parquet; export it as CSV or NDJSON",
    b"SQLite format 3": "a database",
    b"<": "a page or XML; export it as CSV, JSON or XLSX",
}
_LIST_AT_ONCE = re.compile(rf'\{{\s*"(?:{"|".join(MEMBERS)})"\s*:\s*\['.encode(), re.ASCII)


class FileFormat(StrEnum):
    """The formats that are read."""

    CSV = "csv"
    NDJSON = "ndjson"
    JSON = "json"
    XLSX = "xlsx"


def detect(head: bytes) -> FileFormat:
    """
    Return the format of a file that begins so, unpacked; `head` are up to 64 KB of it.

    :raises Unreadable: it is empty, or nothing that could hold usage.
    """
    if not head.strip(b"\x00 \t\r\n"):
        raise Unreadable("empty", "the file is empty")
    if head.startswith(_ZIP):
        return FileFormat.XLSX
    if is_utf_16(head):
        return FileFormat.CSV
    text = head.removeprefix(BOM).lstrip()
    for magic, words in _OTHERS.items():
        if text.startswith(magic):
            raise Unreadable("unknown_format", f"the file is {words}")
    if text.startswith(b"["):
        return FileFormat.JSON
    if text.startswith(b"{"):
        return _of_object(text)
    return FileFormat.CSV


def _of_object(text: bytes) -> FileFormat:
    """Tell objects on lines of their own from one object that holds a list."""
    if _LIST_AT_ONCE.match(text):
        return FileFormat.JSON
    line, ending, _ = text.partition(b"\n")
    if not ending and len(text) >= HEAD_BYTES - len(BOM):
        return FileFormat.NDJSON
    try:
        first = read_json(line)
    except NotJson:
        # Either an object over many lines, or a first line that is broken.
        return FileFormat.NDJSON if _ends_itself(line) else FileFormat.JSON
    return FileFormat.JSON if _holds_a_list(first) else FileFormat.NDJSON


def _ends_itself(line: bytes) -> bool:
    return len(line.strip()) > 1 and line.rstrip().endswith(b"}")


def _holds_a_list(value: dict[str, Any]) -> bool:
    lists = [value[name] for name in MEMBERS if isinstance(value.get(name), list)]
    return any(isinstance(part, dict) for found in lists for part in found[:1])
