from datetime import UTC, datetime
from pathlib import Path

import pytest

from plan_file.format.event_files import read_events
from plan_file.format.events import Event
from plan_file.format.reading import BadFile


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _problems(path: Path) -> list[str]:
    with pytest.raises(BadFile) as caught:
        read_events(path, zone="UTC")
    return [problem.text() for problem in caught.value.problems]


def test_every_other_column_of_a_csv_is_a_property_and_an_empty_cell_is_absent(
    tmp_path: Path,
) -> None:
    path = _write(
        tmp_path,
        "usage.csv",
        "idempotency_key,customer,minutes,event_name,occurred_at,region\n"
        "k1,acme,5,call,2024-11-02T10:00:00Z,US\n"
        "k2,acme,1.5,call,2024-11-03,\n",
    )

    assert read_events(path, zone="America/New_York") == (
        Event(
            idempotency_key="k1",
            event_name="call",
            customer="acme",
            occurred_at=datetime(2024, 11, 2, 10, tzinfo=UTC),
            properties={"minutes": "5", "region": "US"},
        ),
        Event(
            idempotency_key="k2",
            event_name="call",
            customer="acme",
            occurred_at=datetime(2024, 11, 3, 4, tzinfo=UTC),
            properties={"minutes": "1.5"},
        ),
    )


def test_an_ndjson_number_is_read_as_written(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        "usage.ndjson",
        '{"idempotency_key": "k1", "event_name": "call", "customer_id": "acme", '
        '"occurred_at": "2024-11-02T10:00:00+01:00", "properties": {"minutes": 1.50}}\n\n',
    )

    assert read_events(path, zone="UTC") == (
        Event("k1", "call", "acme", datetime(2024, 11, 2, 9, tzinfo=UTC), {"minutes": "1.50"}),
    )


def test_all_problems_of_an_ndjson_file_are_named_with_their_lines(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        "usage.ndjson",
        '{"idempotency_key": 1.5}\nnot json\n[]\n'
        '{"idempotency_key": "k", "event_name": "e", "customer": "a", "customer_id": "b", '
        '"occurred_at": "2024-11-02T10:00:00", "key": 1}\n',
    )

    assert _problems(path) == [
        'usage.ndjson line 1.idempotency_key: is a float: write it as text, "1.5"',
        "usage.ndjson line 1.event_name: is required",
        "usage.ndjson line 1.customer: is required",
        "usage.ndjson line 1.occurred_at: is required",
        "usage.ndjson line 2: is not JSON: Expecting value",
        "usage.ndjson line 3: must be a mapping",
        "usage.ndjson line 4.key: unknown key",
        "usage.ndjson line 4.customer_id: differs from customer",
        "usage.ndjson line 4.occurred_at: needs an offset, such as Z or -05:00",
    ]


def test_a_csv_without_a_column_is_refused_once(tmp_path: Path) -> None:
    path = _write(tmp_path, "usage.csv", "idempotency_key,customer,customer\nk,a,a\nl,a,a\n")

    assert _problems(path) == [
        "usage.csv.customer: this column stands here twice",
        "usage.csv.event_name: this column is required",
        "usage.csv.occurred_at: this column is required",
    ]


def test_a_row_with_too_many_cells_is_refused(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        "usage.csv",
        "idempotency_key,customer,event_name,occurred_at\nk,a,e,2024-11-02,extra\n",
    )

    assert _problems(path) == ["usage.csv line 2: has more than 4 cells"]


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    assert _problems(_write(tmp_path, "usage.xml", "")) == [
        "usage.xml: must be a .csv or .ndjson file"
    ]
