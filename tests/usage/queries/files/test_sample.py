"""What is shown of a file that is made to be shown slowly, or not at all."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests import factories as make
from tests.usage.files.hostile_files import event, workbook_of
from tests.usage.uploads import calls_csv, uploaded
from usage.files.mapping import FileMapping
from usage.files.rows import BadRow, Row
from usage.models import Source
from usage.operations.files.map_file import map_file
from usage.queries.files.sample import file_sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(settings: Settings, tmp_path: Path) -> Source:
    """Where Callwave's test keys are unique; files are kept in a folder of the test's own."""
    usage_files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "usage-files")},
    }
    settings.STORAGES = {**settings.STORAGES, "usage_files": usage_files}
    make.ai_call_meter()
    return make.source(make.partner(make.acme()))


def test_two_hundred_rows_are_enough(source: Source) -> None:
    sample = file_sample(file=uploaded(source, calls_csv(300)))

    assert (len(sample.rows), sample.failure) == (200, None)


def test_large_rows_are_shown_as_far_as_a_first_look_goes(source: Source) -> None:
    rows = b"".join(event(n, b'"properties":{"x":"%s"}' % (b"x" * 4_000_000)) for n in range(10))

    sample = file_sample(file=uploaded(source, rows))

    assert [type(row) for row in sample.rows] == [Row, Row, Row]
    assert (sample.failure, "customer_id" in sample.columns) == (None, True)


def test_rows_of_too_many_values_are_shown_as_refused(source: Source) -> None:
    sample = file_sample(file=uploaded(source, b"{}\n" + (b"[" * 300_000 + b"\n") * 10))

    good, *bad = sample.rows
    assert isinstance(good, Row)
    assert {row.code for row in bad if isinstance(row, BadRow)} == {"too_many_values"}


def test_headings_are_enough_to_map_a_file(source: Source) -> None:
    content = calls_csv(0) + b"\n" * 20_000_000

    sample = file_sample(file=uploaded(source, content))

    assert (sample.rows, sample.failure, len(sample.columns)) == ((), None, 6)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"a": "' + b"x" * 2**24 + b'"}\n{"a": 1}\n', id="a long line"),
        pytest.param(
            workbook_of("<row/>", times=1_000_000, repeated="<row/>"), id="a million blank rows"
        ),
    ],
)
def test_a_file_without_a_row_near_its_beginning_says_so(source: Source, content: bytes) -> None:
    file = uploaded(source, content)

    sample = file_sample(file=file)

    assert (sample.rows, sample.columns) == ((), ())
    assert sample.failure is not None
    assert sample.failure.code == "no_row"
    with pytest.raises(type(sample.failure)):
        map_file(file=file, mapping=FileMapping(), now=make.NOW)
