"""The command that proves rollups, and makes them anew."""

from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import Customer
from tests import factories as make
from tests.at_once import errors_at_once
from tests.usage.archives import archived, keep_in
from usage.models import DimensionSet
from usage.operations.archives.one_at_a_time import the_only_archiver
from usage.store.partitions import made_months
from usage.tasks import roll


@pytest.fixture
def acme(committed: None) -> Customer:
    """Acme with two calls at 10 o'clock, rolled up."""
    acme = make.acme()
    make.ai_call_meter()
    make.accepted(
        make.source(make.partner(acme)), [make.call_body("call-1"), make.call_body("call-2")]
    )
    roll()
    return acme


def said(*words: str) -> str:
    out = StringIO()
    call_command("usage_rollups", *words, stdout=out)
    return out.getvalue()


def spoil() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE usage_hour SET quantity = 9.5, events = 1")


@pytest.mark.usefixtures("acme")
def test_right_rollups_are_said_to_be_right() -> None:
    assert said("check") == "Every rollup is the sum of its records.\n"


@pytest.mark.usefixtures("acme")
def test_a_wrong_hour_is_named() -> None:
    spoil()
    out = StringIO()

    with pytest.raises(CommandError, match="1 hours differ"):
        call_command("usage_rollups", "check", stdout=out)

    assert out.getvalue() == (
        f"acme AI_CALL 2024-11-05T10:00Z (combination {DimensionSet.objects.get().pk}): "
        "9.5 in 1 events rolled up, 10 in 2 recorded\n"
    )


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("words", [(), ("--month", "2024-11")])
def test_a_month_is_made_anew(words: tuple[str, ...]) -> None:
    spoil()

    assert "2024-11 made anew\n" in said("rebuild", *words)

    said("check")


@pytest.mark.usefixtures("acme")
def test_a_month_without_records_is_refused() -> None:
    with pytest.raises(CommandError, match="no records of '1999-01'"):
        said("rebuild", "--month", "1999-01")


@pytest.mark.usefixtures("acme")
def test_a_month_that_left_the_database_is_said_to_be_archived(
    settings: Settings, tmp_path: Path
) -> None:
    keep_in(tmp_path, settings)
    archived()
    assert (2024, 11) not in made_months()

    assert "2024-11 is archived: its rollups stay\n" in said("rebuild")
    with pytest.raises(CommandError, match="Events of 2024-11 are archived"):
        said("rebuild", "--month", "2024-11")


@pytest.mark.usefixtures("acme")
def test_while_an_archiver_is_at_work_nothing_is_made_anew() -> None:
    with the_only_archiver():
        (error,) = errors_at_once(partial(said, "rebuild", "--month", "2024-11"))

    assert isinstance(error, CommandError)
    assert str(error).startswith("2024-11 stays as it is: Another process is archiving")
