"""The command that archives months of usage, shows them, and brings them back."""

import csv
import json
from datetime import date
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import Customer
from invoicing.tasks import MonthsStay, archive_old_usage
from tests import factories as make
from tests.at_once import errors_at_once, no_waiting, uncommitted
from tests.usage.archives import keep_in
from usage.models import Event, Source, UsageArchive, event_public_id
from usage.operations.archives.archive_month import archivable_months
from usage.operations.archives.one_at_a_time import the_only_archiver
from usage.operations.void_event import void_event


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where archives lie."""
    return keep_in(tmp_path, settings)


@pytest.fixture
def source(committed: None) -> Source:
    """Callwave sends calls of Acme and Basil."""
    make.ai_call_meter()
    return make.source(make.partner(make.acme(), make.basil(is_sandbox=True)))


def said(*words: str) -> str:
    out = StringIO()
    call_command("usage_archive", *words, stdout=out)
    return out.getvalue()


def found(*words: str) -> list[str]:
    return [json.loads(line)["idempotency_key"] for line in said("find", *words).splitlines()]


def send_many(source: Source) -> list[str]:
    """Send calls of both customers on three days, and return the ids of Acme's events."""
    basil = Customer.objects.get(external_id="basil")
    bodies = [
        make.call_body(f"{who.external_id}-{day}", customer_id=who.external_id,
                       occurred_at=f"2024-11-0{day}T10:00:00Z")
        for who in (basil, Customer.objects.get(external_id="acme"))
        for day in (3, 1, 2)
    ]  # fmt: skip
    outcomes = make.accepted(source, bodies)
    return [event_public_id(each.key) for each in outcomes[3:] if each.key]


def test_without_an_age_nothing_is_archived(source: Source) -> None:
    send_many(source)

    archive_old_usage()
    assert "USAGE_RAW_MONTHS is not set" in said("run")
    assert Event.objects.count() == 6


def test_old_months_are_archived(source: Source, settings: Settings) -> None:
    send_many(source)
    settings.USAGE_RAW_MONTHS = 18

    assert said("run") == "2024-11: 6 events archived\n"
    assert said("run") == ""
    assert Event.objects.count() == 0


def test_the_task_does_as_the_command(source: Source, settings: Settings) -> None:
    send_many(source)
    settings.USAGE_RAW_MONTHS = 18

    archive_old_usage()
    archive_old_usage()

    assert Event.objects.count() == 0
    assert UsageArchive.objects.count() == 1


@pytest.fixture(params=["gone", "unreadable"])
def october(
    request: pytest.FixtureRequest, source: Source, settings: Settings, folder: Path
) -> UsageArchive:
    """
    The file of October, which is damaged while a late event of that month waits.

    Beside the events of November, which are old enough, too.
    """
    settings.USAGE_RAW_MONTHS = 18
    make.accepted(source, [make.call_body("october", occurred_at="2024-10-05T10:00:00Z")])
    said("run")
    october = UsageArchive.objects.get()
    file = folder / october.stored_as
    file.unlink() if request.param == "gone" else file.write_bytes(file.read_bytes()[:-20])
    make.accepted(source, [make.call_body("late", occurred_at="2024-10-06T10:00:00Z")])
    send_many(source)
    return october


def archived_months() -> list[tuple[date, int]]:
    return list(UsageArchive.objects.order_by("month", "part").values_list("month", "part"))


def assert_november_alone_went() -> None:
    assert archived_months() == [(date(2024, 10, 1), 1), (date(2024, 11, 1), 1)]
    assert [event.idempotency_key for event in Event.objects.all()] == ["late"]


@pytest.mark.usefixtures("october")
def test_a_month_that_cannot_go_keeps_no_later_one_waiting() -> None:
    out = StringIO()

    with pytest.raises(CommandError, match=r"^Not archived, or not to the end: 2024-10\. "):
        call_command("usage_archive", "run", stdout=out)

    first, second = out.getvalue().splitlines()
    assert first.startswith("2024-10: ")
    assert second == "2024-11: 6 events archived"
    assert_november_alone_went()


@pytest.mark.usefixtures("october")
def test_the_task_fails_for_a_month_that_cannot_go_after_all_others_went() -> None:
    with pytest.raises(MonthsStay, match=r"^2024-10: [^;]+$"):
        archive_old_usage()

    assert_november_alone_went()


def test_while_another_is_at_work_the_run_says_what_it_did_not_do(
    source: Source, settings: Settings
) -> None:
    send_many(source)
    settings.USAGE_RAW_MONTHS = 18

    with the_only_archiver():
        (error,) = errors_at_once(partial(said, "run"))

    assert isinstance(error, CommandError)
    first = archivable_months(before=date(2025, 1, 1))[0]
    assert str(error).startswith(f"Not archived, or not to the end: {first:%Y-%m} and later.")


def lock_the_mark() -> None:
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE usage_mark IN ACCESS EXCLUSIVE MODE")


def test_what_the_database_gave_up_is_not_called_done_or_undone(
    source: Source, settings: Settings
) -> None:
    send_many(source)
    settings.USAGE_RAW_MONTHS = 18
    out = StringIO()

    with uncommitted(lock_the_mark), no_waiting():
        with pytest.raises(CommandError) as named:
            said("run", "--month", "2024-11")
        with pytest.raises(CommandError, match=r"not to the end: .*2024-11[,.]"):
            call_command("usage_archive", "run", stdout=out)

    assert str(named.value) == (
        "canceling statement due to lock timeout. Try again: `usage_archive list` tells what was "
        "done."
    )
    # Other tests have left months behind, which the mark stops as well.
    assert "2024-11: canceling statement due to lock timeout." in out.getvalue().splitlines()


@pytest.mark.usefixtures("committed")
def test_a_young_month_stays() -> None:
    with pytest.raises(CommandError, match="last 3 months stay"):
        said("run", "--month", "2099-01")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("month", ["2024-13", "2024", "november", "2024-1", "٢٠٢٤-01"])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(CommandError, match="is no month"):
        said("run", "--month", month)


def test_a_list_and_a_check_tell_of_each_file(source: Source, folder: Path) -> None:
    send_many(source)
    said("run", "--month", "2024-11")
    archive = UsageArchive.objects.get()

    assert said("list") == (
        f"2024-11\tarchived\t6 events\t6 rows\t0 rows stay\t{archive.size_bytes} bytes\t"
        f"{archive.sha256}\t{archive.stored_as}\n"
    )
    assert said("check") == "1 archived months are as they were written.\n"
    (folder / archive.stored_as).unlink()
    with pytest.raises(CommandError, match="1 things are wrong"):
        said("check")


def test_a_month_that_is_not_archived_is_not_called_as_it_was_written(source: Source) -> None:
    send_many(source)

    with pytest.raises(CommandError, match=r"2024-11 is not archived\."):
        said("check", "--month", "2024-11")


def test_a_month_comes_back(source: Source) -> None:
    send_many(source)
    said("run", "--month", "2024-11")

    assert said("restore", "2024-11") == "2024-11: 6 events are back\n"
    assert Event.objects.count() == 6


def test_events_are_found_by_each_thing_that_is_known_of_them(source: Source) -> None:
    (_, _, second) = send_many(source)
    said("run", "--month", "2024-11")

    assert found("--customer", "acme") == ["acme-1", "acme-2", "acme-3"]
    assert len(found()) == 6
    assert found("--key", second) == ["acme-2"]
    assert found("--idempotency-key", "acme-3") == ["acme-3"]
    assert found("--customer", "acme", "--from", "2024-11-02", "--to", "2024-11-03") == ["acme-2"]
    assert found("--from", "2024-11-03T10:00:00Z", "--customer", "acme") == ["acme-3"]
    assert found("--from", "2024-12-01") == []


def test_an_event_is_told_with_all_that_it_said(source: Source) -> None:
    ids = send_many(source)
    void_event(key=Event.objects.get(idempotency_key="acme-1").key, reason="twice", now=make.NOW)
    said("run", "--month", "2024-11")

    told = json.loads(said("find", "--key", ids[1]))

    sent = json.loads(told.pop("sent"))
    assert sent["properties"]["duration_minutes"] == 5
    assert told == {
        "event": ids[1], "customer": "acme", "source": str(source),
        "occurred_at": "2024-11-01T10:00:00Z", "received_at": "2026-11-21T12:00:00Z",
        "event_name": "ai_call", "idempotency_key": "acme-1",
        "readings": [{"meter": "AI_CALL", "quantity": "5", "unit": "minute",
                      "dimensions": {"region": "US", "call_outcome": "resolved"}}],
        "void_since": "2026-11-21T12:00:00Z", "void_reason": "twice", "archive": "2024-11",
    }  # fmt: skip


def test_a_table_holds_no_formulas(source: Source) -> None:
    make.accepted(source, [make.call_body("=1+1")])
    said("run", "--month", "2024-11")

    heading, row = csv.reader(said("find", "--format", "csv").splitlines())

    assert row[heading.index("idempotency_key")] == "'=1+1"
    assert row[heading.index("quantity")] == "5"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "words",
    [("--customer", "nobody"), ("--key", "call-1"), ("--from", "yesterday"), ("--to", "2024-13-01"),
     ("--from", "2024-11-01T10:00:00")],
    ids=["customer", "key", "time", "day", "no-offset"],
)  # fmt: skip
def test_a_search_that_cannot_be_read_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=words[0]):
        said("find", *words)
