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
    guessed,
    imported,
    mapped,
    uploaded,
)
from usage.files.mapping_format import read_mapping
from usage.models import ColumnMapping, Event, FileState, MappingOrigin, Source, UsageFile
from usage.operations.files.begin_run import start_import
from usage.operations.files.map_file import NotNow, map_as_before, map_file
from usage.queries.files.sample import file_sample
from usage.queries.files.suggested import Suggested, suggested_mapping

pytestmark = pytest.mark.django_db


def suggestion(file: UsageFile) -> Suggested:
    return suggested_mapping(file=file, sample=file_sample(file=file))


def with_column(name: str, number: int = 0) -> bytes:
    return csv_bytes([(*call_row(number), "7")], (*HEADINGS, name))


def test_a_guess_that_nobody_confirmed_is_checked_and_not_imported(source: Source) -> None:
    file = guessed(source, calls_csv(2))
    assert file.mapping_origin == MappingOrigin.GUESSED

    assert checked(file).file.state == FileState.CHECKED
    with pytest.raises(NotNow, match="only guessed"):
        start_import(file=file, now=make.NOW)

    assert Event.objects.count() == 0
    confirmed = map_file(file=file, mapping=suggestion(file).mapping, now=make.NOW)
    assert imported(confirmed).file.state == FileState.DONE


def test_a_guess_that_nobody_confirmed_is_not_remembered(source: Source) -> None:
    guessed(source, calls_csv(2))

    later = uploaded(source, calls_csv(3))

    assert (ColumnMapping.objects.count(), later.state) == (0, FileState.UPLOADED)


def test_a_ready_mapping_is_imported_as_it_is(source: Source) -> None:
    rows = (
        b'[{"call_id": "c1", "call_type": "phone_call", "agent_id": "a", "direction": "inbound",'
        b' "call_status": "ended", "start_timestamp": 1730800800000, "end_timestamp":'
        b' 1730800860000, "to_number": "+13125550000", "from_number": "+16465550000"}]'
    )
    file = guessed(source, rows)

    assert file.mapping_origin == MappingOrigin.READY
    assert counts(imported(file)) == (0, 0, 0, 2, 0)


def test_what_somebody_said_meanwhile_is_not_mapped_as_before(source: Source) -> None:
    kept = uploaded(source, calls_csv(1))
    mapped(source, calls_csv(2))
    (event,) = CALL_MAPPING["events"]
    said = {"events": [{**event, "idempotency_key": {"of_content": True}}]}
    map_file(file=kept, mapping=read_mapping(said), now=make.NOW)

    map_as_before(file=kept)

    assert (kept.mapping, kept.mapping_origin) == (said, MappingOrigin.SAID)


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
