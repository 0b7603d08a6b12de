"""What a mapping cannot say, and where it says so."""

from typing import Any

import pytest

from usage.files.mapping import FileMapping
from usage.files.mapping_format import read_mapping
from values.problems import InvalidTerms

COLUMN = {"column": "c"}


def mapping(**parts: Any) -> dict[str, Any]:
    event = {
        "customer": COLUMN, "event_name": {"constant": "call"},
        "idempotency_key": {"columns": ["id"]}, "occurred_at": COLUMN, **parts,
    }  # fmt: skip
    return {"events": [event]}


def of_property(**rule: Any) -> dict[str, Any]:
    return mapping(properties=[{"name": "p", "column": "c", **rule}])


@pytest.mark.parametrize(
    "said, problems",
    [
        ({"events": [mapping()["events"][0]] * 11}, ["events: at most 10"]),
        (
            mapping(properties=[{"name": "p", "column": each} for each in "ab"]),
            ["events[0].properties: the property 'p' stands twice"],
        ),
        (mapping(customer={}), ["events[0].customer: needs a column or a constant, and not both"]),
        (
            mapping(customer={"column": "c", "constant": "acme"}),
            ["events[0].customer: needs a column or a constant, and not both"],
        ),
        (
            mapping(customer={"by": "kind"}),
            ["events[0].customer: 'by' names a column, 'cases' what each of its values means"],
        ),
        (
            of_property(values={str(number): "x" for number in range(501)}),
            ["events[0].properties[0].values: at most 500 values"],
        ),
        (
            mapping(when=[{"column": "c", "values": [], "other": True}]),
            ["events[0].when[0]: 'other' needs the values that it is not"],
        ),
        (
            mapping(idempotency_key={}),
            ["events[0].idempotency_key: needs columns, or of_content: true, and not both"],
        ),
        (
            mapping(idempotency_key={"columns": ["id"], "of_content": True}),
            ["events[0].idempotency_key: needs columns, or of_content: true, and not both"],
        ),
        (
            mapping(occurred_at={"constant": "2024-11-05T10:00:00Z"}),
            ["events[0].occurred_at: each row has its own time: name its column"],
        ),
        (
            mapping(occurred_at={"column": "c", "zone": "Mars"}),
            ["events[0].occurred_at.zone: is no time zone such as America/New_York"],
        ),
        (
            mapping(occurred_at={"column": "c", "zone": "../etc/passwd"}),
            ["events[0].occurred_at.zone: is no time zone such as America/New_York"],
        ),
        (
            of_property(type="text", factor="2"),
            ["events[0].properties[0]: a factor is for numbers and durations"],
        ),
        (
            of_property(type="time", zero_where={"column": "c"}),
            ["events[0].properties[0]: 'zero_where' is for numbers and durations"],
        ),
    ],
)
def test_every_mistake_has_its_place(said: Any, problems: list[str]) -> None:
    with pytest.raises(InvalidTerms) as refused:
        read_mapping(said)

    assert [problem.text() for problem in refused.value.problems] == problems


@pytest.mark.parametrize(
    "rule",
    [
        {"column": "c"},
        {"column": "c", "type": "time"},
        {"column": "c", "type": "duration", "values": {"x": "y"}},
        {"constant": "5", "type": "duration"},
    ],
)
def test_only_a_duration_that_ends_at_the_time_in_a_column_runs_since_another(
    rule: dict[str, Any],
) -> None:
    with pytest.raises(InvalidTerms) as refused:
        read_mapping(mapping(properties=[{"name": "p", "since": "b", **rule}]))

    assert [problem.text() for problem in refused.value.problems] == [
        "events[0].properties[0]: 'since' is for a duration that ends at the time in a column"
    ]


def test_an_empty_mapping_takes_rows_as_events() -> None:
    assert read_mapping({}) == FileMapping()
