from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plan_file.simulating.event_body import packed
from plan_file.simulating.event_store import EventSorter, SortedEvents
from values.period import Period

BEGINS = datetime(2026, 3, 1, tzinfo=UTC)
RECORDS = st.tuples(st.integers(0, 3), st.integers(0, 40), st.text("abcé", min_size=1, max_size=3))


def _at(second: int) -> datetime:
    return BEGINS + timedelta(seconds=second)


def _sorted(records: list[tuple[int, int, str]], *, run_bytes: int = 10**9) -> SortedEvents:
    sorter = EventSorter(run_bytes=run_bytes)
    for stream, second, key in records:
        sorter.add(stream, _at(second), key, packed({"second": str(second)}))
    return sorter.finish()


def _read(events: SortedEvents, stream: int, begin: int, end: int) -> list[tuple[datetime, str]]:
    span = Period(_at(begin), _at(end))
    return [(event.occurred_at, event.key) for event in events.within(stream, span)]


def test_events_come_by_time_and_key_with_what_they_say() -> None:
    events = _sorted([(1, 5, "b"), (1, 5, "a"), (1, 2, "c"), (2, 1, "d")])

    assert _read(events, 1, 0, 60) == [(_at(2), "c"), (_at(5), "a"), (_at(5), "b")]
    (event,) = events.within(2, Period(_at(0), _at(60)))
    assert event.properties == {"second": "1"}


def test_the_end_of_a_span_is_not_in_it() -> None:
    events = _sorted([(1, 1, "a"), (1, 2, "b"), (1, 3, "c")])

    assert _read(events, 1, 1, 3) == [(_at(1), "a"), (_at(2), "b")]


def test_a_stream_that_nobody_wrote_is_empty() -> None:
    assert _read(_sorted([(1, 1, "a")]), 2, 0, 60) == []


@given(
    st.lists(RECORDS, unique=True, max_size=60),
    st.integers(0, 3),
    st.integers(0, 39),
    st.integers(1, 40),
)
def test_files_hold_the_same_as_memory(
    records: list[tuple[int, int, str]], stream: int, begin: int, length: int
) -> None:
    spilled = _sorted(records, run_bytes=2_000)
    wanted = sorted(
        (_at(second), key)
        for of, second, key in records
        if of == stream and begin <= second < begin + length
    )

    assert _read(spilled, stream, begin, begin + length) == wanted
    assert _read(_sorted(records), stream, begin, begin + length) == wanted


def test_pages_are_sought_where_a_span_begins() -> None:
    records = [(stream, second, f"{second:06}") for stream in (1, 2) for second in range(3_000)]
    events = _sorted(records[::-1], run_bytes=300_000)

    assert _read(events, 2, 1_499, 1_502) == [
        (_at(second), f"{second:06}") for second in (1_499, 1_500, 1_501)
    ]


def test_two_readers_of_one_file_do_not_disturb_each_other() -> None:
    records = [(1, second, f"{second:06}") for second in range(1_200)]
    events = _sorted(records, run_bytes=100_000)
    whole = Period(_at(0), _at(2_000))

    pairs = zip(events.within(1, whole), events.within(1, whole), strict=True)

    assert sum(one.key == other.key for one, other in pairs) == 1_200


def test_a_reader_of_many_events_tells_how_far_it_is() -> None:
    told: list[int] = []
    events = _sorted([(1, second, f"{second:06}") for second in range(2_500)])
    events.tell(told.append)

    assert len(_read(events, 1, 0, 3_000)) == 2_500
    assert told == [1_000, 1_000, 500]


def test_records_under_one_key_and_time_come_in_one_order_from_memory_and_from_files() -> None:
    lines = [packed({"second": str(number)}) for number in range(40)]
    memory, files = EventSorter(run_bytes=10**9), EventSorter(run_bytes=2_000)
    for line in lines:
        memory.add(0, BEGINS, "a", line)
    for line in reversed(lines):
        files.add(0, BEGINS, "a", line)

    assert list(memory.finish().all_packed()) == list(files.finish().all_packed())
