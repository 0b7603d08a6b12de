"""One JSON object as a row."""

from usage.files.rows import BadRow, Row, shown
from usage.intake.json_body import NotJson, read_json


def json_row(data: bytes, *, number: int) -> Row | BadRow:
    """Return the object, or why it is none; numbers keep every digit."""
    try:
        value = read_json(data)
    except NotJson as error:
        reason = str(error).replace("the body", "the row")
        return _bad(data, number, "not_json", reason)
    if not isinstance(value, dict):
        return _bad(data, number, "not_an_object", "the row is no JSON object")
    return Row(number, value)


def _bad(data: bytes, number: int, code: str, reason: str) -> BadRow:
    excerpt = shown(data[:400].decode("utf-8", "backslashreplace"))
    return BadRow(number, code, reason, excerpt=excerpt)
