"""Reading bodies: digits kept, bad parts marked, nothing slow."""

from decimal import Decimal

import pytest

from usage.intake import json_body
from usage.intake.json_body import LONGEST_NAME, NotANumber, NotJson, faults, read_json


def test_numbers_keep_every_digit() -> None:
    value = read_json(b'{"a": 1.10, "b": 12345678901234567890, "c": -0.0, "d": 1E+2}')

    assert [str(number) for number in value.values()] == [
        "1.10",
        "12345678901234567890",
        "-0.0",
        "1E+2",
    ]
    assert [type(number) for number in value.values()] == [Decimal, int, Decimal, Decimal]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{}", id="an object"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"[1", id="half a body"),
        pytest.param(b"\xff", id="not UTF-8"),
    ],
)
def test_a_byte_order_mark_is_told_by_its_name(body: bytes) -> None:
    with pytest.raises(NotJson) as refused:
        read_json(b"\xef\xbb\xbf" + body)

    assert str(refused.value) == (
        "the body begins with a byte order mark (EF BB BF); send it without"
    )


def test_the_same_character_in_a_text_is_no_byte_order_mark() -> None:
    assert read_json(b'"\xef\xbb\xbfUS"') == "\ufeffUS"


def test_nesting_of_32_is_allowed() -> None:
    assert list(faults(read_json(b"[" * 32 + b"]" * 32))) == []


def test_nesting_of_33_is_a_fault_at_its_place() -> None:
    (fault,) = faults(read_json(b"[" * 33 + b"]" * 33))

    assert fault == ("/0" * 32, "too_deep", "nested more than 32 deep")


def test_a_deep_part_leaves_its_neighbours_alone() -> None:
    body = b'{"events": [1, %s, "after"]}' % (b"[" * 50_000 + b"]" * 50_000)

    events = read_json(body)["events"]

    assert (events[0], events[2]) == (1, "after")


def test_brackets_in_texts_do_not_nest() -> None:
    deep = b"[" * 50_000 + b"]" * 50_000

    value = read_json(b'["]]]\\"]]]", %s, "[[["]' % deep)

    assert (value[0], value[2]) == (']]]"]]]', "[[[")


def test_the_name_that_stands_twice_is_told() -> None:
    assert list(faults(read_json(b'{"a": {"b": 1, "c": 2, "c": 3, "b": 4}}'))) == [
        ("/a", "duplicate_key", "the name 'c' stands twice")
    ]


def test_pointers_are_escaped() -> None:
    assert [pointer for pointer, _, _ in faults(read_json(b'{"a/b": {"~": NaN}}'))] == ["/a~1b/~0"]


def test_a_long_name_is_shortened_where_it_is_told_of() -> None:
    long = "n" * 1_000_000
    body = f'{{"{long}": NaN, "twice": {{"{long}": 1, "{long}": 2}}}}'

    assert list(faults(read_json(body.encode()))) == [
        (f"/{long[:LONGEST_NAME]}", "not_a_number", "NaN is not a number"),
        ("/twice", "duplicate_key", f"the name '{long[:LONGEST_NAME]}' stands twice"),
    ]


def test_pointers_are_made_of_faults_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    escape = json_body.escaped

    def counted(name: object) -> str:
        made.append(name)
        return escape(name)

    monkeypatch.setattr(json_body, "escaped", counted)

    (fault,) = faults({"long name": [{"a": 1}] * 10_000 + [NotANumber("NaN")]})

    assert fault[0] == "/long name/10000"
    assert len(made) == 2


def test_a_number_of_many_digits_or_a_far_exponent_is_a_fault() -> None:
    texts = ["1" * 101, "1e309", "1e-309", "0e400", "1e" + "9" * 30]

    for text in texts:
        (fault,) = faults(read_json(f"[{text}]".encode()))
        assert fault[:2] == ("/0", "number_out_of_range")


def test_a_number_within_reach_is_none() -> None:
    assert not list(faults(read_json(b"[%s, 1e308, 5e-308, 0.1]" % (b"1" * 100))))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 5_000_000, id="open brackets"),
        pytest.param(b"[" * 2_500_000 + b"]" * 2_500_000, id="deep"),
        pytest.param(b"[" * 100_000 + b'"' + b'\\"' * 2_400_000, id="open string"),
        pytest.param(b"[" + b"9" * 5_000_000 + b"]", id="digits"),
        pytest.param(b'["' + b"\\u0000" * 800_000 + b'"]', id="escapes"),
    ],
)
def test_no_body_of_five_megabytes_is_searched_again_from_each_character(body: bytes) -> None:
    # Were that so, this test would not end today.
    try:
        found = list(faults(read_json(body)))
    except NotJson:
        found = []

    assert len(found) <= 1


def test_what_no_parser_can_reach_down_to_is_a_fault_at_its_place() -> None:
    deep = b"[" * 200_000 + b"]" * 200_000

    found = faults(read_json(b'{"a": ' + deep + b', "b": 1}'))

    assert list(found) == [("/a" + "/0" * 31, "too_deep", "nested more than 32 deep")]
