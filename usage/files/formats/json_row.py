"""One JSON object as a row."""

from usage.files.limits import MOST_VALUES_OF_A_ROW
from usage.files.rows import BadRow, Row, shown
from usage.intake.json_body import NotJson, read_json

_TOO_MANY = (
    f"the row has more than {MOST_VALUES_OF_A_ROW:,} values (counted by commas and brackets)"
)


def json_row(data: bytes, *, number: int) -> Row | BadRow:
    """Return the object, or why it is none; numbers keep every digit."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MOST_VALUES_OF_A_ROW:
        return _bad(data, number, "too_many_values", _TOO_MANY)
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
