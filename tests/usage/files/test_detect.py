"""What a file is, and what it can never be."""

import pytest

from tests.usage.files.reading import rows_of
from usage.files.detect import FileFormat, detect
from usage.files.rows import Unreadable


@pytest.mark.parametrize(
    "head, code, words",
    [
        (b"", "empty", "the file is empty"),
        (b" \r\n\x00", "empty", "the file is empty"),
        (b"%PDF-1.7", "unknown_format", "the file is a PDF"),
        (b"\xef\xbb\xbf <html>", "unknown_format",
         "the file is a page or XML; export it as CSV, JSON or XLSX"),
    ],
)  # fmt: skip
def test_what_holds_no_usage_is_named(head: bytes, code: str, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        detect(head)

    assert (refused.value.code, refused.value.reason) == (code, words)


@pytest.mark.parametrize(
    "head, found",
    [
        (b'{"a": 1,\n "b": 2}', FileFormat.JSON),
        (b'{"a": 1, "calls": [{}]}\n', FileFormat.JSON),
        (b'{"a": 1, "calls": [1]}\n', FileFormat.NDJSON),
        (b'{"a": 1, "calls": []}\n', FileFormat.NDJSON),
    ],
)
def test_one_object_that_holds_a_list_is_told_from_objects_on_lines(
    head: bytes, found: FileFormat
) -> None:
    assert detect(head) is found


def test_an_empty_file_has_no_rows() -> None:
    with pytest.raises(Unreadable):
        rows_of(b"")
