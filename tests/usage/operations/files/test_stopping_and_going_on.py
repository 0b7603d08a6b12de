"""Cancel, resume, two workers, files that break off or are gone."""

import gzip
from pathlib import Path

import pytest

from tests import factories as make
from tests.at_once import at_once, elsewhere
from tests.usage.uploads import (
    CALL_MAPPING,
    call_row,
    calls_csv,
    checked,
    counts,
    csv_bytes,
    imported,
    mapped,
    run_of,
    uploaded,
    work_through,
)
from usage.files.mapping_format import read_mapping
from usage.models import Event, FileRun, FileState, RunKind, Source
from usage.operations.files import list_errors, open_run, read_chunk
from usage.operations.files.begin_run import start_check, start_import
from usage.operations.files.cancel_file import cancel_file
from usage.operations.files.check_file import checking
from usage.operations.files.import_file import importing
from usage.operations.files.map_file import NotNow, map_file
from usage.queries.files.at_work import files_at_work


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten rows in a transaction."""
    monkeypatch.setattr(read_chunk, "CHUNK_EVENTS", 10)


@pytest.mark.django_db
def test_a_cancelled_import_keeps_what_is_stored_and_goes_on_behind_it(source: Source) -> None:
    file = start_import(file=mapped(source, calls_csv(25)), now=make.NOW)
    with importing(file_id=file.pk, now=make.NOW) as work:
        assert work is not None
        assert work.next_chunk(now=make.NOW)
        cancel_file(file=file, now=make.NOW)
        assert not work.next_chunk(now=make.NOW)

    run = run_of(file, RunKind.IMPORT)
    assert (run.file.state, run.last_row, Event.objects.count()) == (FileState.CANCELLED, 11, 10)
    assert files_at_work() == []
    again = imported(file)
    assert counts(again) == (25, 0, 0, 0, 0)
    assert again.pk == run.pk


@pytest.mark.django_db
def test_a_cancelled_check_leaves_the_file_as_it_was(source: Source) -> None:
    file = start_check(file=mapped(source, calls_csv(25)), now=make.NOW)
    with checking(file_id=file.pk, now=make.NOW) as work:
        assert work is not None
        assert work.next_chunk(now=make.NOW)
        assert cancel_file(file=file, now=make.NOW).state == FileState.MAPPED
        assert not work.next_chunk(now=make.NOW)

    assert not FileRun.objects.exists()
    assert counts(checked(file)) == (25, 0, 0, 0, 0)


def _blank_behind(content: bytes) -> bytes:
    return gzip.compress(content + b",,,,,\n" * 100_000)


@pytest.mark.django_db
def test_a_file_without_rows_for_long_says_how_far_it_is(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_run, "_BYTES_WITHOUT_A_WORD", 2**18)
    content = _blank_behind(calls_csv(10))
    file = start_import(file=mapped(source, content), now=make.NOW)

    with open_run.open_run(file_id=file.pk, kind=RunKind.IMPORT, now=make.NOW) as opened:
        assert opened is not None
        assert len(list(opened.rows)) == 10

    run = run_of(file, RunKind.IMPORT)
    assert (run.last_row, run.read_bytes) == (0, len(content))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [RunKind.IMPORT, RunKind.CHECK])
def test_work_is_cancelled_where_no_row_comes(
    source: Source, monkeypatch: pytest.MonkeyPatch, kind: RunKind
) -> None:
    monkeypatch.setattr(open_run, "_BYTES_WITHOUT_A_WORD", 2**18)
    start, opened = (start_import, importing) if kind is RunKind.IMPORT else (start_check, checking)
    file = start(file=mapped(source, _blank_behind(calls_csv(10))), now=make.NOW)
    with opened(file_id=file.pk, now=make.NOW) as work:
        assert work is not None
        assert work.next_chunk(now=make.NOW)
        cancel_file(file=file, now=make.NOW)
        read_before = work._opened.read_bytes()
        assert not work.next_chunk(now=make.NOW)
        assert work._opened.read_bytes() - read_before < 2**14

    file.refresh_from_db()
    assert file.state == (FileState.CANCELLED if kind is RunKind.IMPORT else FileState.MAPPED)


@pytest.mark.usefixtures("committed")
def test_two_workers_do_one_files_work_once(source: Source) -> None:
    file = start_import(file=mapped(source, calls_csv(200)), now=make.NOW)

    at_once(lambda: work_through(file), lambda: work_through(file), lambda: work_through(file))
    work_through(file)

    assert counts(run_of(file, RunKind.IMPORT)) == (200, 0, 0, 0, 0)
    assert Event.objects.count() == 200


@pytest.mark.usefixtures("committed")
def test_a_worker_that_was_overtaken_stores_nothing_more(source: Source) -> None:
    file = start_import(file=mapped(source, calls_csv(25)), now=make.NOW)
    with importing(file_id=file.pk, now=make.NOW) as work:
        assert work is not None
        assert work.next_chunk(now=make.NOW)
        elsewhere(lambda: FileRun.objects.update(last_row=16))
        assert not work.next_chunk(now=make.NOW)

    assert Event.objects.count() == 10


@pytest.mark.django_db
def test_a_check_that_a_worker_left_begins_anew(source: Source) -> None:
    file = start_check(file=mapped(source, calls_csv(25)), now=make.NOW)
    with checking(file_id=file.pk, now=make.NOW) as work:
        assert work is not None
        work.next_chunk(now=make.NOW)

    with checking(file_id=file.pk, now=make.NOW) as work:
        while work is not None and work.next_chunk(now=make.NOW):
            pass

    assert counts(run_of(file, RunKind.CHECK)) == (25, 0, 0, 0, 0)


@pytest.mark.django_db
def test_a_file_that_breaks_off_keeps_the_rows_before_and_says_where(source: Source) -> None:
    content = gzip.compress(calls_csv(5000))
    file = mapped(source, content[: len(content) // 2])

    run = imported(file)

    assert (run.file.state, run.failure_code) == (FileState.FAILED, "truncated")
    assert run.failure_row == run.last_row + 1
    assert counts(run) == (run.rows, 0, 0, 0, 0)
    assert Event.objects.count() == run.rows > 0


@pytest.mark.django_db
def test_a_check_refuses_a_file_that_breaks_off(source: Source) -> None:
    content = gzip.compress(calls_csv(5000))
    file = mapped(source, content[: len(content) // 2])

    run = checked(file)

    assert (run.file.state, run.failure_code) == (FileState.FAILED, "truncated")
    with pytest.raises(NotNow, match="cannot be read"):
        start_import(file=file, now=make.NOW)
    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_a_file_that_is_not_what_its_mapping_is_for_is_stopped(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("usage.operations.files.import_file.MOST_LISTED", 20)
    assert list_errors.MOST_LISTED > 20
    rows = [call_row(number, minutes="x") for number in range(50)]

    run = imported(mapped(source, csv_bytes(rows)))

    assert (run.file.state, run.failure_code) == (FileState.FAILED, "too_many_errors")
    with pytest.raises(NotNow, match="too many of its rows cannot be used"):
        start_import(file=run.file, now=make.NOW)
    assert counts(run) == (0, 0, 0, 0, 30)


@pytest.mark.django_db
def test_a_file_that_is_gone_says_so(source: Source, kept_files: Path) -> None:
    file = mapped(source, calls_csv(3))
    (kept_files / file.stored_as).unlink()

    run = imported(file)

    assert run.file.state == FileState.FAILED
    assert run.failure == "the file's bytes are gone; upload it again"


@pytest.mark.django_db
def test_events_that_are_stored_keep_their_mapping(source: Source) -> None:
    file = mapped(source, calls_csv(3))
    imported(file)

    with pytest.raises(NotNow):
        map_file(file=file, mapping=read_mapping(CALL_MAPPING), now=make.NOW)


@pytest.mark.django_db
def test_a_file_of_headings_alone_is_done_with_nothing(source: Source) -> None:
    run = imported(mapped(source, calls_csv(0)))

    assert (run.rows, run.events, run.file.state) == (0, 0, FileState.DONE)


@pytest.mark.django_db
def test_the_stored_name_is_made_of_nothing_that_came(source: Source, kept_files: Path) -> None:
    file = uploaded(source, calls_csv(1), name="../../etc/\x00passwd\u202e.csv")

    assert file.name == "passwd.csv"
    assert [path.name for path in kept_files.rglob("*") if path.is_file()] == [file.uid.hex]
