"""Rows as events: what each part of a mapping does, and what it refuses."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from usage.files.mapping_format import mapping_json, read_mapping
from usage.files.read_row import MissingColumn, RefusedRow, RowReader
from usage.files.rows import BadRow, Row, Unusable
from usage.files.sample_columns import sample_columns
from usage.intake.json_body import read_json
from usage.intake.sent_event import Rejected, SentEvent, read_event

COLUMNS = ("account", "id", "at", "value", "other")
ROW = ("acme", "c-1", "2024-11-05T10:00:00Z", "5", "x")


def mapping(**parts: Any) -> dict[str, Any]:
    """Return a mapping of one event, its parts replaced."""
    event = {
        "customer": {"column": "account"},
        "event_name": {"constant": "call"},
        "idempotency_key": {"columns": ["id"]},
        "occurred_at": {"column": "at"},
        **parts,
    }
    return {"events": [event]}


def events(said: Any, row: Any, columns: Sequence[str] | None = COLUMNS) -> list[Any]:
    return RowReader(read_mapping(said), columns).events(Row(2, row))


def event(said: Any, row: Any = ROW, columns: Sequence[str] | None = COLUMNS) -> Any:
    (made,) = events(said, row, columns)
    return json.loads(made.text, parse_float=Decimal) if isinstance(made, SentEvent) else made


def value(rule: dict[str, Any], cell: Any) -> Any:
    """Return what a property becomes of a cell: its value, or the code of the refusal."""
    row = (*ROW[:3], cell, ROW[4])
    made = event(mapping(properties=[{"name": "p", "column": "value", **rule}]), row)
    if isinstance(made, Rejected):
        return made.faults[0].code
    return made["properties"].get("p", "absent")


def test_a_row_becomes_an_event() -> None:
    assert event(
        mapping(properties=[{"name": "minutes", "column": "value", "type": "number"}])
    ) == {
        "customer_id": "acme",
        "event_name": "call",
        "idempotency_key": "c-1",
        "occurred_at": "2024-11-05T10:00:00Z",
        "properties": {"minutes": 5},
    }


@pytest.mark.parametrize(
    "rule,cell,found",
    [
        ({}, "x", "x"),
        ({}, " x ", "x"),
        ({}, "", "absent"),
        ({}, "  ", "absent"),
        ({}, None, "absent"),
        ({"required": True}, "", "required"),
        ({}, Decimal("1.50"), "1.50"),
        ({}, True, "true"),
        ({}, "é\u0000", "nul"),
        ({}, "\ud800", "lone_surrogate"),
        ({}, "=1+1", "=1+1"),
        ({"type": "number"}, "5", 5),
        ({"type": "number"}, "-0.25", Decimal("-0.25")),
        ({"type": "number"}, "1e3", "bad_value"),
        ({"type": "number"}, "1,000", "bad_value"),
        ({"type": "number"}, "1_000", "bad_value"),
        ({"type": "number"}, "٣", "bad_value"),
        ({"type": "number"}, "\uff13", "bad_value"),
        ({"type": "number"}, "NaN", "bad_value"),
        ({"type": "number"}, "0x10", "bad_value"),
        ({"type": "number"}, "9" * 31, "bad_value"),
        ({"type": "number"}, Decimal("1e400"), "bad_value"),
        ({"type": "number"}, True, "bad_value"),
        ({"type": "number"}, [5], "bad_value"),
        ({"type": "number", "factor": "-1"}, "-0.0135", Decimal("0.0135")),
        ({"type": "number", "factor": "0.01"}, "7", Decimal("0.07")),
        ({"type": "boolean"}, "Yes", True),
        ({"type": "boolean"}, "0", False),
        ({"type": "boolean"}, "maybe", "bad_value"),
        ({"type": "duration"}, "1:02:03", 3723),
        ({"type": "duration"}, "02:03", 123),
        ({"type": "duration"}, "02:03.5", Decimal("123.5")),
        ({"type": "duration"}, "90", 90),
        ({"type": "duration"}, "1:60:00", "bad_value"),
        ({"type": "duration", "factor": "0.001"}, "60001", Decimal("60.001")),
        ({"type": "time"}, "1730800800000", "2024-11-05T10:00:00Z"),
        ({"type": "time"}, "soon", "not_a_time"),
        ({"values": {"in": "inbound"}}, "in", "inbound"),
        ({"values": {"in": "inbound"}}, "out", "out"),
        ({"values": {"in": "inbound"}, "others": "refused"}, "out", "unknown_value"),
        ({"values": {"in": "inbound"}, "others": "left_out"}, "out", "absent"),
        ({"values": {"-": ""}}, "-", "absent"),
        ({}, [1], "bad_value"),
        ({}, {"a": 1}, "bad_value"),
    ],
)
def test_a_property_is_what_its_rule_makes_of_the_cell(
    rule: dict[str, Any], cell: Any, found: Any
) -> None:
    assert value(rule, cell) == found


def test_a_refusal_names_the_column_and_what_stands_there() -> None:
    row = (*ROW[:3], "five", "x")
    (made,) = events(mapping(properties=[{"name": "p", "column": "value", "type": "number"}]), row)

    assert isinstance(made, RefusedRow)
    assert (made.column, made.excerpt) == ("value", "five")
    assert made.faults[0].detail == "value: 'five' is no number such as 12 or 0.25"


@pytest.mark.parametrize(
    "parts,row,code",
    [
        ({}, ("", *ROW[1:]), "required"),
        ({}, ("acme", "", *ROW[2:]), "key_required"),
        ({}, ("acme", "x" * 256, *ROW[2:]), "too_long"),
        ({}, ("acme", "1", "", "5", ""), "required"),
        ({}, ("acme", "1", "2024-11-05 10:00:00", "5", ""), "not_a_time"),
        ({}, ("acme", "1", "1999-11-05T10:00:00Z", "5", ""), "out_of_range"),
        ({"event_name": {"column": "other"}}, (*ROW[:4], ""), "required"),
        ({"idempotency_key": {"columns": ["value", "other"]}}, (*ROW[:3], "", ""), "key_required"),
    ],
)
def test_what_an_event_needs_and_a_row_lacks_refuses_it(
    parts: dict[str, Any], row: Any, code: str
) -> None:
    assert event(mapping(**parts), row).faults[0].code == code


def test_a_key_of_several_columns_cannot_be_mistaken_for_another() -> None:
    said = mapping(idempotency_key={"columns": ["value", "other"]})
    keys = {
        event(said, (*ROW[:3], *pair))["idempotency_key"]
        for pair in (("a:b", "c"), ("a", "b:c"), ("a%3Ab", "c"), ("a", ""), ("", "a"))
    }

    assert len(keys) == 5


def test_a_key_of_the_content_is_that_of_the_row_in_whatever_file() -> None:
    said = mapping(idempotency_key={"of_content": True})

    first = event(said)["idempotency_key"]

    assert event(said, (*ROW[:4], "x "))["idempotency_key"] == first
    assert event(said, (*ROW[:4], "y"))["idempotency_key"] != first
    assert len(first) == len("row:") + 40


def test_the_first_column_that_is_filled_counts() -> None:
    said = mapping(customer={"columns": ["other", "account"]})

    assert event(said, (*ROW[:4], ""))["customer_id"] == "acme"
    assert event(said)["customer_id"] == "x"


def test_a_value_chooses_the_column() -> None:
    said = mapping(customer={"by": "value", "cases": {"in": "other"}, "column": "account"})

    assert event(said, (*ROW[:3], "in", "x"))["customer_id"] == "x"
    assert event(said, (*ROW[:3], "out", "x"))["customer_id"] == "acme"


def test_a_row_is_as_many_events_as_rules_hold() -> None:
    said = mapping()
    said["events"].append(
        {
            **said["events"][0],
            "idempotency_key": {"columns": ["id"], "suffix": ":transfer"},
            "when": [{"column": "other"}, {"column": "value", "values": ["5", "6"]}],
        }
    )
    keys = [
        [made.idempotency_key for made in events(said, (*ROW[:3], *pair))]
        for pair in (("5", "x"), ("5", ""), ("7", "x"))
    ]

    assert keys == [["c-1", "c-1:transfer"], ["c-1"], ["c-1"]]


def test_rows_that_are_no_usage_are_left_out() -> None:
    said = {**mapping(), "left_out": {"column": "value", "values": ["ringing"]}}

    assert events(said, (*ROW[:3], "ringing", "")) == []
    assert len(events(said, ROW)) == 1


def test_decimal_commas_are_taken_where_somebody_says_so() -> None:
    said = mapping(properties=[{"name": "p", "column": "value", "type": "number"}])
    said["decimal_comma"] = True

    assert event(said, (*ROW[:3], "1,5", ""))["properties"] == {"p": Decimal("1.5")}
    assert isinstance(event(said, (*ROW[:3], "1.5", "")), Rejected)


def test_a_spreadsheets_time_is_local_to_the_zone() -> None:
    said = mapping(occurred_at={"column": "at", "zone": "America/New_York"})
    row = ("acme", "1", datetime(2024, 11, 5, 5), "5", "")  # noqa: DTZ001

    assert event(said, row)["occurred_at"] == "2024-11-05T10:00:00Z"


def test_values_inside_of_objects_have_names_with_dots() -> None:
    said = mapping(customer={"column": "customer.number"})
    row = {"customer": {"number": "+1"}, "id": 7, "at": 1730800800}

    assert event(said, row, None)["customer_id"] == "+1"
    assert event(said, row, None)["idempotency_key"] == "7"
    assert event(said, {**row, "customer": "x"}, None).faults[0].code == "required"


def test_a_name_that_stands_twice_on_the_way_to_a_value_is_refused() -> None:
    row = read_json(b'{"account": "a", "account": "b", "id": 1, "at": 1730800800}')

    assert event(mapping(), row, None).faults[0].code == "duplicate_key"


def test_rows_that_are_events_are_taken_as_they_stand() -> None:
    item = {"customer_id": "acme", "event_name": "x", "idempotency_key": "1",
            "occurred_at": "2024-11-05T10:00:00Z", "properties": {"a": [1]}}  # fmt: skip

    assert event({}, item, None) == item
    assert event({}, {**item, "idempotency_key": None}, None).faults[0].code == "key_required"
    assert event({}, {**item, "occurred_at": None}, None).faults[0].code == "required"
    assert event({}, {**item, "colour": "red"}, None).faults[0].code == "unknown_field"


def test_a_column_that_is_not_there_is_said_before_the_first_row() -> None:
    with pytest.raises(MissingColumn, match="the file has no column 'account'"):
        RowReader(read_mapping(mapping()), ("id", "at"))


@pytest.mark.parametrize("cell", ["x", "\\u0000", 'quote " and é', "x" * 300, "\u2028"])
def test_the_quick_way_makes_the_event_that_reading_it_makes(cell: str) -> None:
    said = mapping(properties=[{"name": "p", "column": "value"}])
    (made,) = events(said, (*ROW[:3], cell, ""))

    assert made == read_event(read_json(made.text.encode()))


def test_a_mapping_survives_being_written_and_read() -> None:
    said = {
        **mapping(
            label="call",
            when=[{"column": "value", "values": ["5"]}],
            customer={"columns": ["account"], "by": "value", "cases": {"5": "other"}},
            occurred_at={"column": "at", "format": "day_first", "zone": "UTC", "twice": "later"},
            properties=[{"name": "p", "column": "value", "type": "number", "factor": "0.5"}],
        ),
        "left_out": {"column": "other", "values": ["y"]},
        "decimal_comma": True,
    }

    read = read_mapping(said)

    assert read_mapping(mapping_json(read)) == read
    assert read_mapping(json.loads(json.dumps(mapping_json(read)))) == read


def test_a_cell_that_cannot_be_used_matters_where_the_mapping_looks_at_it() -> None:
    row = (*ROW[:3], Unusable("error_value", "the cell shows the error #N/A", "#N/A"), "x")

    assert event(mapping(), row)["customer_id"] == "acme"
    assert event(mapping(properties=[{"name": "p", "column": "value"}]), row).faults[0].code == (
        "error_value"
    )


def test_half_of_a_character_makes_no_key() -> None:
    said = mapping(idempotency_key={"of_content": True})

    assert [bad.faults[0].code for bad in events(said, ("acme", "\ud800", *ROW[2:]))] == [
        "encoding"
    ]


def test_names_that_cannot_be_kept_are_no_columns() -> None:
    row = Row(1, {"a": 1, "\ud800": 2, "b\x00": 3, "x" * 201: 4, "c": {"\udfff": 5, "d": 6}})

    assert sample_columns([row]) == ["a", "c.d"]


@pytest.mark.parametrize("direction,made", [("in", 0), ("out", 1), ("", 1)])
def test_a_condition_may_be_any_other_value(direction: str, made: int) -> None:
    said = mapping(when=[{"column": "other", "values": ["in"], "other": True}])

    assert mapping_json(read_mapping(said)) == said
    assert len(events(said, (*ROW[:4], direction))) == made


@pytest.mark.parametrize(
    "seconds,made", [("5", "x"), ("0", "absent"), ("", "absent"), ("00:00", "absent"), ("?", "x")]
)
def test_a_property_is_left_out_where_another_column_is_zero(seconds: str, made: str) -> None:
    rule = {"name": "p", "column": "other", "unless_zero": "value"}
    said = mapping(properties=[rule])

    assert mapping_json(read_mapping(said)) == said
    assert event(said, (*ROW[:3], seconds, "x"))["properties"].get("p", "absent") == made


LENGTH = {"name": "p", "column": "other", "type": "duration", "since": "value"}


@pytest.mark.parametrize(
    "since, until, made",
    [
        ("2024-11-05T10:00:00Z", "2024-11-05T10:01:00.250Z", "60.25"),
        ("2024-11-05T10:00:00.000001Z", "2024-11-06T10:00:00Z", "86399.999999"),
        ("1730800800000", "1730800920500", "120.5"),
        (Decimal(1730800800000), Decimal(1730800800000), "0"),
        ("2024-11-05T10:00:00+01:00", " 2024-11-05T10:00:00Z ", "3600"),
        ("2024-11-05T10:00:01Z", "2024-11-05T10:00:00.500Z", "-0.5"),
        ("", "2024-11-05T10:00:00Z", "0"),
        ("", "", "0"),
        ("2024-11-05T10:00:00Z", None, "absent"),
        ("0000-00-00 00:00:00", "2024-11-05T10:00:00Z", "0"),
    ],
)
def test_a_duration_may_run_from_one_time_to_another(since: Any, until: Any, made: str) -> None:
    said = mapping(properties=[LENGTH])

    assert mapping_json(read_mapping(said)) == said
    for row in (
        (*ROW[:3], since, until),
        dict(zip(COLUMNS, (*ROW[:3], since, until), strict=True)),
    ):
        found = event(said, row, COLUMNS if isinstance(row, tuple) else None)
        assert str(found["properties"].get("p", "absent")) == made


def test_a_duration_between_times_is_in_the_unit_of_its_factor_and_may_be_required() -> None:
    row = (*ROW[:3], "2024-11-05T10:00:00Z", "2024-11-05T10:01:30Z")
    minutes = mapping(properties=[{**LENGTH, "factor": "0.1"}])
    required = mapping(properties=[{**LENGTH, "required": True}])

    assert event(minutes, row)["properties"] == {"p": 9}
    refused = event(required, (*row[:4], "0"))
    assert (refused.faults[0].code, refused.column) == ("required", "other")


@pytest.mark.parametrize(
    "word, cell, made",
    [("busy", "30", "0"), ("busy", "", "0"), (" busy ", "?", "0"), ("done", "30", "30"),
     ("", "30", "30"), ("BUSY", "30", "30")],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["number", "duration"])
def test_a_number_is_zero_where_another_column_says_so(
    word: str, cell: str, made: str, kind: str
) -> None:
    zero = {"column": "other", "values": ["busy"]}
    said = mapping(properties=[{"name": "p", "column": "value", "type": kind, "zero_where": zero}])

    assert mapping_json(read_mapping(said)) == said
    assert read_mapping(said).columns() == set(COLUMNS)
    assert str(event(said, (*ROW[:3], cell, word))["properties"]["p"]) == made


def test_a_length_is_zero_where_nobody_answered_though_it_has_two_times() -> None:
    said = mapping(properties=[{**LENGTH, "zero_where": {"column": "id", "values": ["c-1"]}}])
    times = ("2024-11-05T10:00:00Z", "2024-11-05T10:01:30Z")

    assert event(said, (*ROW[:3], *times))["properties"] == {"p": 0}
    assert event(said, ("acme", "c-2", ROW[2], *times))["properties"] == {"p": 90}


@pytest.mark.parametrize("row, column", [
    ((*ROW[:3], "soon", "2024-11-05T10:00:00Z"), "value"),
    ((*ROW[:3], "2024-11-05T10:00:00Z", "later"), "other"),
])  # fmt: skip
def test_what_is_no_time_is_said_of_its_own_column(row: Any, column: str) -> None:
    refused = event(mapping(properties=[LENGTH]), row)

    assert (refused.faults[0].code, refused.column) == ("not_a_time", column)


def test_the_column_that_a_duration_runs_from_must_be_there() -> None:
    said = mapping(properties=[{**LENGTH, "since": "begin"}])

    assert "begin" in read_mapping(said).columns()
    with pytest.raises(MissingColumn, match="begin"):
        RowReader(read_mapping(said), COLUMNS)


@pytest.mark.parametrize("nothing", ["", " ", "0000-00-00 00:00:00", "0"])
def test_a_time_that_is_only_zeroes_is_left_out_and_the_next_column_taken(nothing: str) -> None:
    said = mapping(
        occurred_at={"columns": ["value", "at"]},
        properties=[
            {"name": "answer_at", "column": "value", "type": "time"},
            {"name": "began_at", "columns": ["value", "at"], "type": "time"},
            {"name": "words", "column": "value"},
        ],
    )
    row = (*ROW[:3], nothing, "x")

    for cells, columns in ((row, COLUMNS), (dict(zip(COLUMNS, row, strict=True)), None)):
        found = event(said, cells, columns)
        assert found["occurred_at"] == "2024-11-05T10:00:00Z"
        assert found["properties"].pop("words", "") == nothing.strip()
        assert found["properties"] == {"began_at": "2024-11-05T10:00:00Z"}


def test_an_event_needs_a_time_that_is_one() -> None:
    refused = event(mapping(), (*ROW[:2], "0000-00-00 00:00:00", "5", "x"))

    assert refused.faults[0].code == "required"


def test_of_several_columns_that_are_all_empty_nothing_is_taken() -> None:
    rule = {"name": "p", "columns": ["value", "other"]}

    assert event(mapping(properties=[rule]), (*ROW[:3], "", " "))["properties"] == {}


@pytest.mark.parametrize("cell, found", [(Decimal(1), "one"), (Decimal(2), "2"), (True, "true")])
def test_words_are_translated_of_cells_that_are_no_text_too(cell: Any, found: str) -> None:
    assert value({"values": {"1": "one"}}, cell) == found


def test_a_constant_that_is_none_of_its_type_refuses_each_row() -> None:
    rule = {"name": "p", "constant": "soon", "type": "number"}
    (first,) = events(mapping(properties=[rule]), ROW)
    (second,) = events(mapping(properties=[rule]), ROW)

    assert [each.faults[0].code for each in (first, second)] == ["bad_value"] * 2


def test_a_key_of_the_content_of_an_object_does_not_depend_on_its_order() -> None:
    said = mapping(idempotency_key={"of_content": True})
    row = dict(zip(COLUMNS, ROW, strict=True))

    keys = [
        event(said, each, None)["idempotency_key"]
        for each in (row, dict(reversed(row.items())), {**row, "value": "6"})
    ]

    assert keys[0].startswith("row:")
    assert (keys[0] == keys[1], keys[0] == keys[2]) == (True, False)


def test_a_row_that_cannot_be_read_is_refused_as_it_was() -> None:
    reader = RowReader(read_mapping(mapping()), COLUMNS)

    (refused,) = reader.events(BadRow(7, "quoting", "never closed", column="at", excerpt='"x'))

    assert isinstance(refused, RefusedRow)
    assert (refused.faults[0].code, refused.column, refused.excerpt) == ("quoting", "at", '"x')


def test_a_refusal_without_its_cell_says_only_which_column_cannot_be_used() -> None:
    row = (*ROW[:3], "five", "x")
    (made,) = events(mapping(properties=[{"name": "p", "column": "value", "type": "number"}]), row)

    hidden = made.without_cell()

    assert (hidden.column, hidden.excerpt) == ("value", "")
    assert hidden.faults[0].code == made.faults[0].code
    assert hidden.faults[0].detail == "value: what stands there cannot be used"
    assert hidden.without_cell() is hidden


def test_what_is_refused_later_is_led_back_to_its_column() -> None:
    said = mapping(properties=[{"name": "minutes", "column": "value"}])
    reader = RowReader(read_mapping(said), COLUMNS)

    found = [reader.column_of(each) for each in ("/customer_id", "/properties/minutes", "/nothing")]

    assert found == ["account", "value", ""]


def test_a_condition_on_a_cell_that_cannot_be_used_refuses_the_row() -> None:
    said = {**mapping(), "left_out": {"column": "value", "values": ["x"]}}

    (refused,) = events(said, (*ROW[:3], Unusable("formula", "never calculated"), ""))

    assert refused.faults[0].code == "formula"
