"""NDJSON and JSON arrays: each object for itself, whatever stands beside it."""

import gzip
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.usage.files.reading import reading_of, rows_of
from usage.files.formats import json_array
from usage.files.limits import LONGEST_LINE_BYTES

GOOD = b'{"a": 1}'


def test_each_line_is_an_object() -> None:
    content = b'{"a": 0.10}\r\n\n{"a": "x"}\n{"a": {"b": [1]}}'

    assert rows_of(content) == [
        (1, {"a": Decimal("0.10")}),
        (3, {"a": "x"}),
        (4, {"a": {"b": [1]}}),
    ]


@pytest.mark.parametrize(
    "line,code",
    [
        (b'{"a":', "not_json"),
        (b'{"a": 1}}', "not_json"),
        (b"{'a': 1}", "not_json"),
        (b'{"a": "\xff"}', "not_json"),
        (b'{"a": 01}', "not_json"),
        (b"[1]", "not_an_object"),
        (b'"x"', "not_an_object"),
        (b"null", "not_an_object"),
        (b'{"a": "' + b"x" * LONGEST_LINE_BYTES + b'"}', "line_too_long"),
    ],
)
def test_a_bad_line_costs_itself_alone(line: bytes, code: str) -> None:
    assert rows_of(GOOD + b"\n" + line + b"\n" + GOOD) == [(1, {"a": 1}), (2, code), (3, {"a": 1})]


def test_deep_nesting_is_cut_and_not_a_fall_of_the_worker() -> None:
    deep = b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    assert [row[0] for row in rows_of(GOOD + b"\n" + deep + b"\n" + GOOD)] == [1, 2, 3]


@pytest.mark.parametrize(
    "content",
    [
        b'[{"a": 1}, {"a": 2}]',
        b'[{"a":1},{"a":2}]\n',
        b'\xef\xbb\xbf [\n {"a": 1}\n,\n {"a": 2}\n]\n',
        b'{"calls": [{"a": 1}, {"a": 2}]}',
        b'{"page": 1, "next": "calls", "calls": [{"a": 1}, {"a": 2}], "end": {"x": []}}',
        b'{\n "has_more": false,\n "items": [{"a": 1}, {"a": 2}]\n}',
        b'{"meta": {"calls": 3}, "results": [{"a": 1}, {"a": 2}]}',
        b'{"data": [{"a": 1}, {"a": 2}], "records": []}',
    ],
)
def test_the_list_is_the_document_or_a_member_that_exports_use(content: bytes) -> None:
    assert rows_of(content) == [(1, {"a": 1}), (2, {"a": 2})]
    assert rows_of(gzip.compress(content)) == rows_of(content)


@pytest.mark.parametrize(
    "item,code",
    [
        (b'{"a": tru}', "not_json"),
        (b'{"a": 1]', "not_json"),
        (b'{"a": "\xff"}', "not_json"),
        (b"[1, 2]", "not_an_object"),
        (b"3", "not_an_object"),
        (b'"text, with ] and }"', "not_an_object"),
        (b"null", "not_an_object"),
        (b'{"a": "' + b"x" * LONGEST_LINE_BYTES + b'"}', "line_too_long"),
        (b'{"a": {"b": "}]\\"{["}, "c": 1 2}', "not_json"),
    ],
)
def test_a_bad_member_costs_itself_alone(item: bytes, code: str) -> None:
    rows = rows_of(b"[" + GOOD + b"," + item + b"," + GOOD + b"]")

    assert rows == [(1, {"a": 1}), (2, code), (3, {"a": 1})]


@pytest.mark.parametrize(
    "content,rows",
    [
        (b'[{"a": 1}, {"a": 2', [(1, {"a": 1}), ("unreadable", 2, "truncated")]),
        (b'[{"a": 1}, {"a": "x', [(1, {"a": 1}), ("unreadable", 2, "truncated")]),
        (b'[{"a": 1},', [(1, {"a": 1}), ("unreadable", 2, "truncated")]),
        (b'[{"a": 1}]  [{"a": 2}]', [(1, {"a": 1}), ("unreadable", 2, "more_than_one")]),
        (b'[{"a": 1}] x', [(1, {"a": 1}), ("unreadable", 2, "more_than_one")]),
        (b'{\n"nothing": [{"a": 1}]}', [("unreadable", 0, "no_rows")]),
        (b"[]", []),
    ],
)
def test_what_is_wrong_with_the_document_ends_it_there(content: bytes, rows: object) -> None:
    assert rows_of(content) == rows


@pytest.mark.parametrize(
    "content,format_name",
    [
        (b'{"a": 1}\n{"a": 2}\n', "ndjson"),
        (b'{"a": 1}', "ndjson"),
        (b'{"calls": "none", "a": 1}\n', "ndjson"),
        (b'{"calls": [{}]}', "json"),
        (b"{\n", "json"),
        (b"  [", "json"),
        (b'{"a": tru}\n{"a": 1}', "ndjson"),
        (b"a,b\n", "csv"),
        (b'{"a": "' + b"x" * 100_000 + b'"}\n', "ndjson"),
    ],
)
def test_the_format_is_told_by_the_first_bytes(content: bytes, format_name: str) -> None:
    assert reading_of(content).format == format_name


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(st.dictionaries(st.text(max_size=5), _VALUES, max_size=4), max_size=6), st.data())
def test_no_object_is_lost_wherever_the_parts_of_the_file_are_cut(
    items: list[dict[str, object]], data: st.DataObject
) -> None:
    content = json.dumps(items, ensure_ascii=data.draw(st.booleans())).encode(
        "utf-8", "surrogatepass"
    )
    size = data.draw(st.integers(1, 7))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_array, "_CHUNK_BYTES", size)
        cut = rows_of(content) if items else []

    assert len(cut) == len(items)
    assert [row[0] for row in cut] == list(range(1, len(items) + 1))
    if b"\xed" not in content:
        assert [row[1] for row in cut] == items


def test_what_follows_in_another_part_of_the_file_ends_it_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_array, "_CHUNK_BYTES", 11)

    assert rows_of(b'[{"a": 12}]\n  \n        x') == [
        (1, {"a": 12}), ("unreadable", 2, "more_than_one"),
    ]  # fmt: skip
    assert rows_of(b'[{"a": 12}]\n  \n         ') == [(1, {"a": 12})]


def test_a_bracket_that_closes_nothing_is_passed_by() -> None:
    assert rows_of(b'[{"a": 1}}, {"a": 2}]') == [(1, {"a": 1}), (2, "not_an_object"), (3, {"a": 2})]


def test_an_object_that_goes_on_for_ever_is_not_held() -> None:
    long = b'{"a": "' + b"x" * (LONGEST_LINE_BYTES * 2) + b'"}'

    assert rows_of(b"[" + long + b", " + GOOD + b"]") == [(1, "line_too_long"), (2, {"a": 1})]


def test_an_array_whose_packing_breaks_off_ends_there() -> None:
    packed = gzip.compress(b"[" + b", ".join(b'{"a": %d}' % n for n in range(20_000)) + b"]")

    rows = rows_of(packed[:-2_000])

    assert rows[:-1] == [(n + 1, {"a": n}) for n in range(len(rows) - 1)]
    assert rows[-1] == ("unreadable", len(rows), "truncated")
