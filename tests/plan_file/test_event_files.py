import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plan_file.format.event_files import read_events
from plan_file.format.events import Event
from plan_file.format.reading import BadFile


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _problems(path: Path) -> list[str]:
    with pytest.raises(BadFile) as caught:
        tuple(read_events(path, zone="UTC"))
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

    assert tuple(read_events(path, zone="America/New_York")) == (
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

    assert tuple(read_events(path, zone="UTC")) == (
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


LINE = (
    '{"idempotency_key": "k", "event_name": "call", "customer": "acme", '
    '"occurred_at": "2024-11-02T10:00:00Z", "properties": {"minutes": 5}}\n'
)
EVENT = Event("k", "call", "acme", datetime(2024, 11, 2, 10, tzinfo=UTC), {"minutes": 5})


def test_a_compressed_file_is_read_as_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "usage.NDJSON.gz"
    path.write_bytes(gzip.compress(LINE.encode()))

    assert tuple(read_events(path, zone="UTC")) == (EVENT,)


@pytest.mark.parametrize(
    "data",
    [b"plain text", gzip.compress(LINE.encode() * 9)[:-12], gzip.compress(b"")[:5]],
    # The header of a compressed text holds the time: two processes would not agree on the name.
    ids=["plain text", "cut off", "half a header"],
)
def test_a_compressed_file_that_breaks_off_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "usage.ndjson.gz"
    path.write_bytes(data)

    assert _problems(path) == ["usage.ndjson.gz: is no gzip file, or breaks off"]


def test_a_byte_order_mark_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = _write(tmp_path, "usage.jsonl", f"\ufeff{LINE}\n  \n\r\n")

    assert tuple(read_events(path, zone="UTC")) == (EVENT,)


def test_a_folder_and_a_file_that_is_not_there_are_refused_with_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "usage.csv"
    folder.mkdir()

    assert _problems(folder) == ["usage.csv: Is a directory"]
    assert _problems(tmp_path / "none.csv") == ["none.csv: No such file or directory"]


def test_bytes_that_are_no_text_are_refused_with_their_lines(tmp_path: Path) -> None:
    ndjson, table, nul = (tmp_path / name for name in ("a.ndjson", "b.csv", "c.csv"))
    ndjson.write_bytes(LINE.encode() + b'{"idempotency_key": "\xff"}\n')
    table.write_bytes(b"idempotency_key,event_name,customer,occurred_at\nk\xff,e,c,2024-11-02\n")
    nul.write_bytes(b"idempotency_key,event_name,customer,occurred_at\nk\0,e,c,2024-11-02\n")

    assert _problems(ndjson) == ["a.ndjson line 2: is not UTF-8: byte 22 of the line"]
    assert _problems(table) == ["b.csv: is not UTF-8 after line 0"]
    assert _problems(nul) == ["c.csv line 2: is not text: it holds NUL"]


def test_an_open_quote_is_no_csv(tmp_path: Path) -> None:
    head = "idempotency_key,event_name,customer,occurred_at\n"

    assert _problems(_write(tmp_path, "usage.csv", head + '"k,e,c,2024-11-02\n')) == [
        "usage.csv line 2: is not CSV: unexpected end of data"
    ]


def test_a_line_without_end_is_refused_and_the_next_one_read(tmp_path: Path) -> None:
    path = _write(tmp_path, "usage.ndjson", "x" * 2_500_000 + "\n[]\n")

    assert _problems(path) == [
        "usage.ndjson line 1: is longer than 1,000,000 bytes",
        "usage.ndjson line 2: must be a mapping",
    ]


def test_of_many_mistakes_the_first_thousand_are_named_and_the_others_counted(
    tmp_path: Path,
) -> None:
    problems = _problems(_write(tmp_path, "usage.ndjson", "x\n" * 1_234))

    assert len(problems) == 1_001
    assert problems[999] == "usage.ndjson line 1000: is not JSON: Expecting value"
    assert problems[1_000] == "usage.ndjson: and 234 more"


def test_events_come_before_the_mistakes_of_later_lines_are_known(tmp_path: Path) -> None:
    events = read_events(_write(tmp_path, "usage.ndjson", LINE + "x\n"), zone="UTC")

    assert next(events) == EVENT
    with pytest.raises(BadFile):
        next(events)


def test_a_key_that_stands_twice_and_half_a_pair_are_refused(tmp_path: Path) -> None:
    twice = LINE.replace('"minutes": 5', '"minutes": 5, "minutes": 5')
    half = LINE.replace("5", r'"\ud800"')

    assert _problems(_write(tmp_path, "usage.ndjson", twice + half)) == [
        "usage.ndjson line 1.properties.minutes: this key stands here twice",
        "usage.ndjson line 2.properties.minutes: holds a NUL or half of a surrogate pair",
    ]


def test_numbers_of_any_size_are_read_as_written(tmp_path: Path) -> None:
    written = '"a": 12345678901234567890123, "b": 1.10, "c": -0.5, "d": 2e3, "e": 1'
    path = _write(tmp_path, "usage.ndjson", LINE.replace('"minutes": 5', written))

    (event,) = read_events(path, zone="UTC")

    assert event.properties == {
        "a": 12345678901234567890123,
        "b": "1.10",
        "c": "-0.5",
        "d": "2000",
        "e": 1,
    }


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    path = _write(tmp_path, "usage.ndjson", LINE)
    told: list[tuple[int, int]] = []

    list(read_events(path, zone="UTC", on_progress=lambda done, whole: told.append((done, whole))))

    assert told[-1] == (len(LINE), len(LINE))


VALUES = st.one_of(
    st.text(max_size=5),
    st.integers(),
    st.booleans(),
    st.none(),
    st.lists(st.integers(), max_size=2),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.text('ab\\"é ', min_size=1, max_size=4).filter(str.strip),
    properties=st.dictionaries(st.text(max_size=3), VALUES, max_size=4),
    ascii_only=st.booleans(),
)
def test_a_line_says_the_same_however_it_is_escaped(
    key: str, properties: dict[str, object], ascii_only: bool, tmp_path: Path
) -> None:
    kept = {name: value for name, value in properties.items() if "\0" not in f"{name}{value}"}
    event = {
        "idempotency_key": key,
        "event_name": "call",
        "customer": "acme",
        "occurred_at": "2024-11-02T10:00:00Z",
        "properties": kept,
    }
    path = tmp_path / "usage.ndjson"
    path.write_text(json.dumps(event, ensure_ascii=ascii_only) + "\n", encoding="utf-8")

    assert tuple(read_events(path, zone="UTC")) == (
        Event(key, "call", "acme", datetime(2024, 11, 2, 10, tzinfo=UTC), kept),
    )


HEAD = "idempotency_key,event_name,customer,customer_id,occurred_at\n"


def test_a_row_that_needs_a_second_look_has_its_problems_named(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        "usage.csv",
        f"{HEAD}k1,call,acme,acme,2024-11-02\n"
        "k2,call,acme,basil,2024-11-02\n"
        ",call,,acme,2024-11-02\n"
        "k4,call,acme,,yesterday\n"
        f"{'k' * 501},call,acme,,2024-11-02\n"
        "k6,call,acme\n",
    )

    assert _problems(path) == [
        "usage.csv line 3.customer_id: differs from customer",
        "usage.csv line 4.idempotency_key: is required",
        (
            "usage.csv line 5.occurred_at: must be a date (2024-11-01) or a time with an offset "
            "(2024-11-01T09:30:00Z)"
        ),
        "usage.csv line 6.idempotency_key: must be at most 500 characters",
        "usage.csv line 7.occurred_at: is required",
    ]


def test_a_customer_may_stand_in_either_column_or_in_both(tmp_path: Path) -> None:
    rows = "k1,call,acme,,2024-11-02\nk2,call,,acme,2024-11-02\nk3,call,acme,acme,2024-11-02\n"
    path = _write(tmp_path, "usage.csv", f"{HEAD}{rows},,,,\n")

    assert [(event.idempotency_key, event.customer) for event in read_events(path, zone="UTC")] == [
        ("k1", "acme"),
        ("k2", "acme"),
        ("k3", "acme"),
    ]


def test_a_file_that_cannot_be_read_on_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "usage.ndjson"
    # The first page of a process's memory is nobody's: opening works, reading does not.
    path.symlink_to("/proc/self/mem")

    assert _problems(path) == ["usage.ndjson: Input/output error"]


@pytest.mark.parametrize(
    "change",
    [
        ('"k"', f'"{"k" * 501}"'),
        ('"call"', f'"{"c" * 501}"'),
        ('"acme"', f'"{"a" * 501}"'),
    ],
)
def test_a_text_of_a_line_is_not_longer_than_a_column(
    change: tuple[str, str], tmp_path: Path
) -> None:
    problems = _problems(_write(tmp_path, "usage.ndjson", LINE.replace(*change)))

    assert [problem.partition(": ")[2] for problem in problems] == [
        "must be at most 500 characters"
    ]


def test_a_line_without_a_word_in_its_key_is_refused(tmp_path: Path) -> None:
    blank = LINE.replace('"k"', '" "')

    assert _problems(_write(tmp_path, "usage.ndjson", blank)) == [
        "usage.ndjson line 1.idempotency_key: must be text that is not empty"
    ]


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    path = _write(tmp_path, "usage.ndjson", LINE.replace('"k"', '"j"') + LINE.rstrip())

    assert [event.idempotency_key for event in read_events(path, zone="UTC")] == ["j", "k"]


def test_lines_of_any_length_are_read_whole(tmp_path: Path) -> None:
    notes = ["x" * length for length in (65_000, 1, 0, 200_000, 65_535, 70)]
    lines = [
        LINE.replace('"minutes": 5', f'"minutes": 5, "note": "{note}"').rstrip() for note in notes
    ]
    path = _write(tmp_path, "usage.ndjson", "\r\n".join(lines))

    assert [event.properties["note"] for event in read_events(path, zone="UTC")] == notes
