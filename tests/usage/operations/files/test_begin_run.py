"""Which imports begin, and why others do not."""

from typing import Any

import pytest

from partner_portal.documents.file_actions import offered_actions
from tests import factories as make
from tests.usage.uploads import CALL_MAPPING, calls_csv, counts, guessed, imported, mapped
from usage.models import Backfill, FileState, Source, StagedEvent, UsageFile
from usage.operations.backfills.stage_file import FileNotStaged, stage_file
from usage.operations.files.begin_run import KEY_OF_WHOLE_ROW, start_import
from usage.operations.files.map_file import NotNow

pytestmark = pytest.mark.django_db


def with_keys_of_rows(source: Source) -> UsageFile:
    (event,) = CALL_MAPPING["events"]
    by_row: dict[str, Any] = {**event, "idempotency_key": {"of_content": True}}
    return mapped(source, calls_csv(2), {"events": [by_row]})


def opened(source: Source) -> Backfill:
    return Backfill.objects.create(
        source=source, reason="sent anew", opened_at=make.NOW, changed_at=make.NOW,
        starts_at=make.NOVEMBER_1, ends_at=make.NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    "rules", [{"property_rules": {"region": "mask"}}, {"other_properties": "drop"}],
    ids=["masked", "dropped"],
)  # fmt: skip
def test_keys_of_whole_rows_would_give_away_what_is_hidden(
    source: Source, rules: dict[str, Any]
) -> None:
    Source.objects.filter(pk=source.pk).update(**rules)
    file = UsageFile.objects.get(pk=with_keys_of_rows(source).pk)

    with pytest.raises(NotNow) as refusal:
        start_import(file=file, now=make.NOW)

    assert str(refusal.value) == KEY_OF_WHOLE_ROW
    file.refresh_from_db()
    assert file.state == FileState.MAPPED
    # The button is there: whoever presses it reads why.
    assert "file_import" in [action.route for action in offered_actions(file=file)]


def test_no_backfill_takes_them_either(source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(other_properties="mask")
    file = UsageFile.objects.get(pk=with_keys_of_rows(source).pk)
    backfill = opened(source)

    with pytest.raises(FileNotStaged, match="its mapping makes keys of whole rows"):
        stage_file(backfill=backfill, file=file, now=make.NOW)

    assert not StagedEvent.objects.exists()


def test_a_guess_that_nobody_confirmed_is_not_staged(source: Source) -> None:
    file = guessed(source, calls_csv(2))
    backfill = opened(source)

    with pytest.raises(FileNotStaged, match="its mapping was only guessed"):
        stage_file(backfill=backfill, file=file, now=make.NOW)

    assert not StagedEvent.objects.exists()


def test_keys_of_whole_rows_are_taken_where_all_is_kept(source: Source) -> None:
    assert counts(imported(with_keys_of_rows(source))) == (2, 0, 0, 0, 0)


def test_keys_of_columns_are_taken_where_something_is_hidden(source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(property_rules={"region": "mask"})

    assert counts(imported(mapped(source, calls_csv(2)))) == (2, 0, 0, 0, 0)
