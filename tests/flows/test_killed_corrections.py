"""Voiding, amending and replaying, killed anywhere and asked for again, have one effect."""

import json
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import Customer
from tests import factories as make
from tests.flows.nursery import Nursery, nursery
from tests.flows.web import Died, Web, WebClient, web
from tests.flows.what_stands import (
    contradictions,
    keys_standing,
    minutes_at,
    minutes_of,
)
from usage.models import EventVoid, QuarantinedEvent, ReplayJob, UsageArrival
from usage.operations.replay_cause import start_replay
from usage.queries.quarantine_causes import waiting_causes
from usage.store import store
from usage.store.rollups import differences

pytestmark = pytest.mark.usefixtures("committed")

# More than one chunk of a replay.
MANY = 250


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A web process of which there is always another one."""
    with web(tmp_path_factory.mktemp("web")) as started:
        yield started


@pytest.fixture(scope="module")
def workers(django_db_setup: None) -> Iterator[Nursery]:
    """Processes for background work."""
    with nursery() as started:
        yield started


@pytest.fixture
def acme(committed: None) -> Customer:
    """The customer whose calls come."""
    make.ai_call_meter()
    return make.acme()


@pytest.fixture
def sender(acme: Customer, server: Web) -> WebClient:
    """A partner's program."""
    return server.client(make.api_key(make.partner(acme))[1])


def sent(sender: WebClient, *bodies: dict[str, Any]) -> list[str]:
    """Send events and return their ids."""
    answer = sender.post("/events/batch", {"events": list(bodies)})
    return [result["id"] for result in answer.body["results"]]


def assert_these_count(acme: Customer, *bodies: dict[str, Any]) -> None:
    assert contradictions() == []
    assert keys_standing(acme) == sorted(body["idempotency_key"] for body in bodies)
    for _ in range(2):
        counted = {at: found for at, found in minutes_at(acme).items() if found[0]}
        assert counted == minutes_of(bodies)
        store.roll()
    assert list(differences()) == []


@pytest.mark.parametrize("point", ["voiding.voided", "voiding.announced"])
def test_a_void_that_was_killed_is_none_and_asked_for_again_is_one(
    acme: Customer, server: Web, sender: WebClient, point: str
) -> None:
    kept, lost = make.call_body("kept", minutes=3), make.call_body("lost", minutes=4)
    _, event = sent(sender, kept, lost)
    UsageArrival.objects.all().delete()
    path, reason = f"/events/{event}/void", {"reason": "a test call"}
    server.arm(f"{point}:kill")

    with pytest.raises(Died):
        sender.post(path, reason)

    assert_these_count(acme, kept, lost)
    assert not UsageArrival.objects.exists()
    assert [sender.post(path, reason).status for _ in range(2)] == [200, 200]
    assert_these_count(acme, kept)
    assert (EventVoid.objects.count(), UsageArrival.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "point",
    ["revising.voided", "revising.stored", "revising.receipt_written", "amending.committed"],
)
def test_an_amendment_that_was_killed_is_whole_or_none(
    acme: Customer, server: Web, sender: WebClient, point: str
) -> None:
    wrong, right = make.call_body("call", minutes=3), make.call_body("call", minutes=5)
    (event,) = sent(sender, wrong)
    body = json.dumps(right).encode()
    server.arm(f"{point}:kill")

    with pytest.raises(Died):
        sender.send("PUT", f"/events/{event}", body)

    was_committed = point == "amending.committed"
    assert_these_count(acme, right if was_committed else wrong)
    answers = [sender.send("PUT", f"/events/{event}", body) for _ in range(2)]
    assert [answer.status for answer in answers] == [200 if was_committed else 201, 200]
    assert_these_count(acme, right)
    assert EventVoid.objects.count() == 1


@pytest.fixture
def replay(acme: Customer, sender: WebClient) -> tuple[int, list[dict[str, Any]]]:
    """A replay that is asked for: its id, and the events that waited for a number's holder."""
    calls = [make.call_body(f"call-{number:03}", customer_id="+15550100") for number in range(MANY)]
    sent(sender, *calls)
    acme.subjects.create(kind="number", identifier="+15550100", held_from=make.NOVEMBER_1)
    (cause,) = waiting_causes()
    job, _ = start_replay(cause=cause, requested_by=make.staff(), now=make.NOW)
    return job.pk, calls


@pytest.mark.parametrize(
    "point",
    [
        "replay.stored@7",
        "replay.resolved@7",
        "replay.stored@207",
        "replay.counted",
        "replay.counted@2",
    ],
)
def test_a_replay_whose_worker_is_killed_is_finished_by_the_next_one(
    acme: Customer, replay: tuple[int, list[dict[str, Any]]], workers: Nursery, point: str
) -> None:
    job_id, calls = replay
    work = f"from usage.tasks import replay_cause; replay_cause({job_id})"
    name, _, visit = point.partition("@")

    ended = workers.run(work, failpoints=f"{name}:kill@{visit or 1}")

    assert ended == -signal.SIGKILL
    assert contradictions() == []
    assert workers.run(work) == 0
    job = ReplayJob.objects.get()
    assert (job.accepted, job.still_waiting, job.finished_at is not None) == (MANY, 0, True)
    assert not QuarantinedEvent.objects.filter(resolved_at=None).exists()
    assert_these_count(acme, *calls)
