"""Who says what columns mean: a file's own mapping, an earlier file's, a ready one, a guess."""

import pytest

from tests import factories as make
from tests.usage.uploads import (
    CALL_MAPPING,
    HEADINGS,
    call_row,
    calls_csv,
    checked,
    counts,
    csv_bytes,
    imported,
    mapped,
    run_of,
    uploaded,
)
from usage.files.encodings import Encoding
from usage.files.mapping_format import read_mapping
from usage.models import (
    ColumnMapping,
    Event,
    FileState,
    MappingOrigin,
    RunKind,
    Source,
    UsageFile,
)
from usage.operations.files.begin_run import start_check, start_import
from usage.operations.files.map_file import NotNow, map_file, read_text_as
from usage.queries.files.found_files import is_unusable
from usage.queries.files.sample import file_sample
from usage.queries.files.suggested import Suggested, suggested_mapping

pytestmark = pytest.mark.django_db


def suggestion(file: UsageFile) -> Suggested:
    return suggested_mapping(file=file, sample=file_sample(file=file))


def taken(file: UsageFile) -> UsageFile:
    """Return the file mapped as it was suggested, without a look."""
    found = suggestion(file)
    return map_file(file=file, mapping=found.mapping, origin=found.origin, now=make.NOW)


def with_column(name: str, number: int = 0) -> bytes:
    return csv_bytes([(*call_row(number), "7")], (*HEADINGS, name))


def test_a_guess_that_nobody_confirmed_is_checked_and_not_imported(source: Source) -> None:
    file = taken(uploaded(source, calls_csv(2)))
    assert file.mapping_origin == MappingOrigin.GUESSED

    assert checked(file).file.state == FileState.CHECKED
    with pytest.raises(NotNow, match="only guessed"):
        start_import(file=file, now=make.NOW)

    assert Event.objects.count() == 0
    confirmed = map_file(file=file, mapping=suggestion(file).mapping, now=make.NOW)
    assert imported(confirmed).file.state == FileState.DONE


def test_a_guess_that_nobody_confirmed_is_not_remembered(source: Source) -> None:
    taken(uploaded(source, calls_csv(2)))

    later = uploaded(source, calls_csv(3))

    assert (ColumnMapping.objects.count(), later.state) == (0, FileState.UPLOADED)


def test_a_ready_mapping_is_imported_as_it_is(source: Source) -> None:
    rows = (
        b'[{"call_id": "c1", "call_type": "phone_call", "agent_id": "a", "direction": "inbound",'
        b' "call_status": "ended", "start_timestamp": 1730800800000, "end_timestamp":'
        b' 1730800860000, "to_number": "+13125550000", "from_number": "+16465550000"}]'
    )
    file = taken(uploaded(source, rows, name="calls.json"))

    assert file.mapping_origin == MappingOrigin.READY
    assert counts(imported(file)) == (0, 0, 0, 2, 0)


@pytest.mark.parametrize(
    "content, found",
    [
        pytest.param(
            b"a,a\n1,2\n",
            ("duplicate_heading", "the column 'a' stands twice; give each a name of its own", 1),
            id="a heading twice",
        ),
        pytest.param(
            b"PK\x03\x04 no",
            ("broken_xlsx", "the workbook is broken: File is not a zip file", None),
            id="no workbook",
        ),
        pytest.param(
            b"[]",
            ("empty", "none of its first rows has a value that could be mapped", None),
            id="an empty list",
        ),
        pytest.param(
            b'\n{"a" 1}\n{"b" 2}\n',
            ("not_json", "the row is not JSON at line 1, column 6: Expecting ':' delimiter", 2),
            id="no row of JSON",
        ),
    ],
)
def test_why_nothing_of_a_file_can_be_mapped_is_kept_from_its_upload_on(
    source: Source, content: bytes, found: tuple[str, str, int | None]
) -> None:
    file = uploaded(source, content)

    run = run_of(file, RunKind.CHECK)
    assert (run.failure_code, run.failure, run.failure_row) == found
    assert (file.state, is_unusable(file=file)) == (FileState.UPLOADED, True)
    for begin in (start_check, start_import):
        with pytest.raises(NotNow, match="nothing of the file can be mapped: mend it and upload"):
            begin(file=file, now=make.NOW)


def test_a_file_that_waits_for_its_mapping_has_nothing_wrong_with_it(source: Source) -> None:
    file = uploaded(source, calls_csv(0))

    assert (file.state, is_unusable(file=file)) == (FileState.UPLOADED, False)
    assert not file.runs.exists()


def test_letters_that_are_read_in_another_way_are_no_fault_any_more(source: Source) -> None:
    file = uploaded(source, "Kundé,id\nacme,1\n".encode("cp1252"))
    assert run_of(file, RunKind.CHECK).failure_code == "encoding"
    assert not is_unusable(file=file)

    read_text_as(file=file, encoding=Encoding.WINDOWS_1252, now=make.NOW)

    assert not file.runs.exists()


def test_what_is_wrong_besides_its_letters_is_kept_once_they_are_read(source: Source) -> None:
    file = uploaded(source, "Kundé,Kundé\nacme,1\n".encode("cp1252"))

    read_text_as(file=file, encoding=Encoding.WINDOWS_1252, now=make.NOW)

    file.refresh_from_db()
    assert run_of(file, RunKind.CHECK).failure_code == "duplicate_heading"
    assert is_unusable(file=file)


def test_who_knows_what_stands_further_below_maps_a_file_all_the_same(source: Source) -> None:
    file = uploaded(source, b'{"a" 1}\n' * 200 + b'{"account": "acme"}\n')
    assert is_unusable(file=file)

    file = map_file(file=file, mapping=read_mapping(CALL_MAPPING), now=make.NOW)

    assert (file.state, is_unusable(file=file)) == (FileState.MAPPED, False)
    assert not file.runs.exists()


def test_the_same_columns_in_another_order_are_mapped_as_before(source: Source) -> None:
    mapped(source, calls_csv(1))
    turned = csv_bytes([tuple(reversed(call_row(1)))], tuple(reversed(HEADINGS)))

    file = uploaded(source, turned)

    assert (file.state, file.mapping) == (FileState.MAPPED, CALL_MAPPING)
    assert file.mapping_origin == MappingOrigin.REMEMBERED
    assert counts(imported(file)) == (1, 0, 0, 0, 0)


def test_a_new_column_is_named_and_nothing_is_mapped_unseen(source: Source) -> None:
    mapped(source, calls_csv(1))

    file = uploaded(source, with_column("rebate"))

    assert (file.state, file.mapping) == (FileState.UPLOADED, None)
    found = suggestion(file)
    assert found.origin == MappingOrigin.GUESSED
    assert found.remembered is not None
    assert (found.remembered.new, found.remembered.missing) == (("rebate",), ())
    assert found.mapping == found.remembered.mapping


def test_a_missing_column_that_no_mapping_looks_at_is_named(source: Source) -> None:
    mapped(source, with_column("rebate"))

    found = suggestion(uploaded(source, calls_csv(1)))

    assert found.remembered is not None
    assert (found.remembered.new, found.remembered.missing) == ((), ("rebate",))


def test_a_file_without_a_column_that_the_mapping_needs_is_guessed_anew(source: Source) -> None:
    mapped(source, calls_csv(1))
    fewer = csv_bytes([call_row(1)[:-1]], HEADINGS[:-1])

    found = suggestion(uploaded(source, fewer))

    assert (found.origin, found.remembered) == (MappingOrigin.GUESSED, None)


def test_the_nearest_of_several_earlier_files_is_suggested(source: Source) -> None:
    mapped(source, calls_csv(1))
    mapped(source, csv_bytes([(*call_row(0), "7", "8")], (*HEADINGS, "a", "b")))

    found = suggestion(uploaded(source, with_column("c")))

    assert found.remembered is not None
    assert (found.remembered.new, found.remembered.missing) == (("c",), ())


def test_a_mapping_of_an_earlier_version_is_suggested_by_what_it_looks_at(source: Source) -> None:
    mapped(source, calls_csv(1))
    ColumnMapping.objects.update(columns=None)

    exact, more = uploaded(source, calls_csv(2)), uploaded(source, with_column("rebate"))

    assert exact.mapping_origin == MappingOrigin.REMEMBERED
    remembered = suggestion(more).remembered
    assert remembered is not None
    assert remembered.new == ("rebate",)
