"""Work waits in the database: a broker that is away loses none, one that repeats adds none."""

import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from accounts.models import Customer, User
from accounts.operations.change_subject import hand_over_subject
from tests import factories as make
from tests.flows.failing_processes import QUIET
from tests.flows.nursery import Nursery, nursery
from tests.flows.processes import environ, process, wait_for
from tests.flows.web import web
from tests.flows.what_stands import EVER, contradictions, keys_standing
from tests.refusals import sql
from tests.usage.uploads import calls_csv, counts, mapped, run_of
from usage.models import (
    FileState,
    ReplayJob,
    RunKind,
    Source,
    SubjectMove,
    UsageArrival,
    UsageFile,
)
from usage.operations.files.begin_run import start_import
from usage.operations.move_subject import NamedSpan, start_moves
from usage.operations.replay_cause import start_replay
from usage.queries.quarantine_causes import waiting_causes

pytestmark = pytest.mark.usefixtures("committed")

NOBODY = "redis://127.0.0.1:1/0"
TIMES = 5
ROWS = 3_000
WAITING = 300
MOVING = 2_100


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where uploaded files lie, for all processes."""
    return tmp_path_factory.mktemp("usage-files")


@pytest.fixture(scope="module")
def senders(django_db_setup: None, folder: Path) -> Iterator[Nursery]:
    """Processes that send tasks to the broker."""
    with nursery(BROKER_VISIBILITY_SECONDS="60") as started:
        yield started


@pytest.fixture
def acme(committed: None, settings: Settings, folder: Path, senders: Nursery) -> Iterator[Customer]:
    """The customer whose calls come, a broker with nothing in it, and the files' folder."""
    settings.STORAGES = {
        **settings.STORAGES,
        "usage_files": {
            **settings.STORAGES["usage_files"],
            "OPTIONS": {"location": str(folder)},
        },
    }
    install = "from django.core.management import call_command; call_command('install_broker')"
    assert senders.run(install) == 0
    make.ai_call_meter()
    yield make.acme()
    purge()


def purge() -> None:
    """Lose all that the broker has."""
    sql("SELECT pgmq.purge_queue(queue_name) FROM pgmq.list_queues()")


def waiting_messages() -> int:
    return sum(int(str(length)) for (length,) in sql("SELECT queue_length FROM pgmq.metrics_all()"))


def send(senders: Nursery, *tasks: tuple[str, list[int]]) -> None:
    """Send tasks to the broker, one after the other."""
    lines = [f"c.app.send_task({name!r}, args={arguments})" for name, arguments in tasks]
    assert senders.run("\n".join(["import billing_portal.celery as c", *lines])) == 0


def five_hands(folder: Path, log: Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """Return a worker that has five tasks in hand at once."""
    variables = environ(USAGE_FILES_DIR=str(folder), BROKER_VISIBILITY_SECONDS="60", **QUIET)
    return process(
        "celery", "-A", "billing_portal", "worker", "--pool", "threads", "--concurrency",
        str(TIMES), "--without-mingle", "--without-gossip", variables=variables, log=log,
    )  # fmt: skip


def test_tasks_that_arrive_five_times_at_once_have_one_effect(
    acme: Customer, senders: Nursery, folder: Path, tmp_path: Path
) -> None:
    basil = make.basil(is_sandbox=True)
    source = make.source(make.partner(acme, basil))
    file, move = an_import(source), a_move(acme, basil, source)
    replay = a_replay(acme, source, by=file.uploaded_by)
    once = [
        ("usage.import_file", [file.pk]),
        ("usage.replay_cause", [replay.pk]),
        ("usage.move_subject", [move.pk]),
    ]
    send(senders, *[task for task in once for _ in range(TIMES)])

    log = tmp_path / "worker.log"
    with five_hands(folder, log):
        wait_for(lambda: waiting_messages() == 0, what="tasks are left", log=log)
        wait_for(lambda: is_done(file, replay, move), what="not done", log=log)

    assert counts(run_of(file, RunKind.IMPORT)) == (ROWS, 0, 0, 0, 0)
    replay.refresh_from_db()
    assert (replay.accepted, replay.still_waiting) == (WAITING, 0)
    move.refresh_from_db()
    assert (move.moved, move.done) == (MOVING, MOVING)
    assert contradictions() == []
    assert len(keys_standing(acme)) == ROWS + WAITING
    assert len(keys_standing(basil)) == MOVING


def an_import(source: Source) -> UsageFile:
    """Return a file that is to be imported."""
    return start_import(file=mapped(source, calls_csv(ROWS)), now=make.NOW)


def a_replay(acme: Customer, source: Source, *, by: User | None) -> ReplayJob:
    """Return a replay of events that waited for Acme to hold a number."""
    take(source, "late", WAITING, names="+15550100")
    acme.subjects.create(kind="number", identifier="+15550100", held_from=make.NOVEMBER_1)
    (cause,) = waiting_causes()
    assert by is not None
    return start_replay(cause=cause, requested_by=by, now=make.NOW)[0]


def a_move(acme: Customer, basil: Customer, source: Source) -> SubjectMove:
    """Return the move of another number's usage from Acme to Basil, of which a part is left."""
    number = acme.subjects.create(kind="number", identifier="+15550199", held_from=make.NOVEMBER_1)
    take(source, "moved", MOVING, names="+15550199")
    with transaction.atomic():
        hand_over_subject(subject=number, customer=basil, since=make.NOVEMBER_1)
        spans = [NamedSpan("+15550199", EVER)]
        (job,) = start_moves(spans=spans, requested_by=None, now=make.NOW)
    assert job.finished_at is None
    return job


def take(source: Source, name: str, count: int, *, names: str) -> None:
    """Take calls that name a subject."""
    bodies = [make.call_body(f"{name}-{place}", customer_id=names) for place in range(count)]
    make.accepted(source, bodies)


def is_done(file: UsageFile, *jobs: ReplayJob | SubjectMove) -> bool:
    for job in (file, *jobs):
        job.refresh_from_db()
    return file.state == FileState.DONE and all(job.finished_at for job in jobs)


def test_usage_and_files_are_taken_without_a_broker_and_worked_off_after_it_is_back(
    acme: Customer, senders: Nursery, folder: Path, tmp_path: Path
) -> None:
    make.acme_contract(acme)
    sender = make.partner(acme)
    key = make.api_key(sender)[1]
    file = mapped(make.source(sender), calls_csv(ROWS))
    with web(tmp_path, BROKER_URL=NOBODY, USAGE_FILES_DIR=str(folder)) as server:
        partner = server.client(key)
        bodies = [make.call_body(f"sent-{place}") for place in range(6)]
        taken = partner.post("/events/batch", {"events": bodies})
        asked = partner.post(f"/usage-files/{file.public_id}/import", {})
    assert (taken.status, taken.body["accepted"]) == (200, 6)
    assert (asked.status, asked.body["state"]) == (202, "importing")

    # What the broker had in hand is lost, too: the schedule asks the database what there is to do.
    purge()
    send(senders, ("usage.finish_files", []))
    log = tmp_path / "worker.log"
    with five_hands(folder, log):
        wait_for(lambda: is_done(file), what="the file is not imported", log=log)
        send(senders, ("invoicing.refresh_upcoming", []))
        wait_for(lambda: not UsageArrival.objects.exists(), what="no refresh", log=log)

    assert counts(run_of(file, RunKind.IMPORT)) == (ROWS, 0, 0, 0, 0)
    assert len(keys_standing(acme)) == ROWS + 6
    assert contradictions() == []
