"""The quick way through usual cells of a table says what the careful one says."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from usage.files.mapping_format import read_mapping
from usage.files.read_row import RowReader
from usage.files.rows import Row
from usage.intake.json_body import read_json
from usage.intake.sent_event import Rejected, SentEvent, fingerprint_of

COLUMNS = ("account", "id", "at", "else_at", "word", "number", "seconds", "text")
MAPPING = {
    "events": [
        {
            "customer": {"column": "account"},
            "event_name": {"constant": "call"},
            "idempotency_key": {"columns": ["id"], "suffix": ":a"},
            "occurred_at": {"columns": ["at", "else_at"]},
            "properties": [
                {"name": "word", "column": "word", "values": {"in": "inbound", "none": ""}},
                {"name": "number", "column": "number", "type": "number", "factor": "0.001"},
                {"name": "seconds", "column": "seconds", "type": "duration"},
                {"name": "text", "column": "text", "required": True},
                {"name": "sure", "constant": "5", "type": "number"},
            ],
        }
    ]
}
WRITTEN = st.one_of(
    st.sampled_from(
        ["", " ", "in", " in ", "none", "out", "5", " 5", "+5", "-0", "5.", ".5", "1,5", "1e3",
         "\u0665", "007", "1:02:03", "02:03", "0.000000000000000001", "9" * 31, "x" * 300,
         "\u00a0", "a\x00b"]
    ),
    st.text(max_size=5),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
)  # fmt: skip
TIMES = st.one_of(
    st.sampled_from(
        ["2024-11-05T10:00:00Z", " 2024-11-05T10:00:00Z ", "2024-11-05T10:00:00.120Z",
         "2024-11-05 10:00:00+01:00", "2024-02-30T10:00:00Z", "2024-11-05T10:00:00", "1730800800",
         "1999-01-01T00:00:00Z", "", "soon", "0000-00-00 00:00:00", "0", "00"]
    ),
    st.datetimes().map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}Z"),
)  # fmt: skip


def said(made: SentEvent | Rejected) -> Any:
    if isinstance(made, Rejected):
        return [(fault.pointer, fault.code, fault.detail) for fault in made.faults]
    return made.text, made.mark, made.occurred_at, made.idempotency_key


@given(
    account=WRITTEN, key=WRITTEN, at=TIMES, else_at=TIMES, word=WRITTEN, number=WRITTEN,
    seconds=WRITTEN, text=WRITTEN,
)  # fmt: skip
def test_a_table_and_an_object_with_the_same_cells_come_to_the_same(
    account: str, key: str, at: str, else_at: str, word: str, number: str, seconds: str, text: str
) -> None:
    cells = [account, key, at, else_at, word, number, seconds, text]
    mapping = read_mapping(MAPPING)

    (quick,) = RowReader(mapping, COLUMNS).events(Row(2, cells))
    (careful,) = RowReader(mapping, None).events(Row(2, dict(zip(COLUMNS, cells, strict=True))))

    assert said(quick) == said(careful)


@given(number=st.decimals(min_value=0, max_value=10**6, places=3).map(str))
def test_the_fingerprint_is_that_of_the_body(number: str) -> None:
    cells = ["acme", "c-1", "2024-11-05T10:00:00Z", "", "in", number, "", "x"]

    (made,) = RowReader(read_mapping(MAPPING), COLUMNS).events(Row(2, cells))

    assert isinstance(made, SentEvent)
    body = read_json(made.text.encode())
    assert isinstance(body, dict)
    assert made.mark == fingerprint_of(body)
