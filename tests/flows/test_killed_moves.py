"""
Usage follows its number although processes are killed, or two change it at once.

However it comes about: each event is with the one customer that holds the number at its time.
"""

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.models import Customer, Subject
from accounts.operations.change_subject import NotInThatTime, hand_over_subject
from tests import factories as make
from tests.flows.failing_processes import waiting
from tests.flows.nursery import Nursery, nursery
from tests.flows.processes import wait_for
from tests.flows.web import Answer, Died, Web, WebClient, is_halted, web
from tests.flows.what_stands import EVER, contradictions, keys_standing
from usage.models import EventVoid, Meter, QuarantinedEvent, QuarantineReason, Source, SubjectMove
from usage.operations.move_subject import NamedSpan, move_next, start_moves
from usage.operations.replay_cause import start_replay_of_reason
from usage.queries.subject_usage import displacements
from usage.store import store
from usage.store.rollups import differences

pytestmark = pytest.mark.usefixtures("committed")

NUMBER = "+15550100"
PATH = f"/subjects/{NUMBER.replace('+', '%2B')}"
HAND_OVER = {"customer": "basil", "from": "2024-11-10"}
# More than a request moves: the rest is left to a worker.
MANY = 2_100


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
def holders(committed: None) -> dict[str, Customer]:
    """Acme, which holds the number since November 1, Basil and Carla: one partner sends for all."""
    make.ai_call_meter()
    acme, basil, carla = make.acme(), make.basil(is_sandbox=True), make.carla(is_sandbox=True)
    acme.subjects.create(kind="number", identifier=NUMBER, held_from=make.NOVEMBER_1)
    return {"acme": acme, "basil": basil, "carla": carla}


@pytest.fixture
def sender(holders: dict[str, Customer], server: Web) -> WebClient:
    """The partner's program."""
    return server.client(make.api_key(make.partner(*holders.values()))[1])


def calls(count: int, *, day: int) -> list[dict[str, object]]:
    """Return calls of a day of November that name the number."""
    return [
        make.call_body(
            f"{day}-{number:04}", customer_id=NUMBER, occurred_at=f"2024-11-{day:02}T10:00:00Z"
        )
        for number in range(count)
    ]


def sent(sender: WebClient, *bodies: dict[str, object]) -> None:
    answer = sender.post("/events/batch", {"events": list(bodies)})
    assert (answer.status, answer.body["rejected"], answer.body["conflicts"]) == (200, 0, 0)


def changed(sender: WebClient, body: dict[str, str]) -> Answer:
    return sender.send("PATCH", PATH, json.dumps(body).encode())


def assert_each_is_with_its_holder(holders: dict[str, Customer], **expected: int) -> None:
    """See where all stands, what the sums say, and that nobody has to move anything more."""
    assert displacements(identifier=NUMBER, span=EVER, now=make.NOW) == []
    assert not QuarantinedEvent.objects.filter(resolved_at=None).exists()
    found = {name: keys_standing(customer) for name, customer in holders.items()}
    assert {name: len(keys) for name, keys in found.items() if keys} == expected
    together = [key for keys in found.values() for key in keys]
    assert len(set(together)) == len(together)
    assert contradictions() == []
    store.roll()
    assert list(differences()) == []


@pytest.mark.parametrize(
    "point",
    [
        "moving.asked_for",
        "revising.voided",
        "revising.stored",
        "revising.receipt_written",
        "revising.committed",
        "moving.moved",
        "moving.counted",
        "moving.counted@2",
    ],
)
def test_a_hand_over_whose_process_is_killed_has_not_begun(
    holders: dict[str, Customer], server: Web, sender: WebClient, point: str
) -> None:
    sent(sender, *calls(5, day=5), *calls(5, day=15))
    name, _, visit = point.partition("@")
    server.arm(f"{name}:kill@{visit or 1}")

    with pytest.raises(Died):
        changed(sender, HAND_OVER)

    assert_each_is_with_its_holder(holders, acme=10)
    assert changed(sender, HAND_OVER).status == 200
    assert_each_is_with_its_holder(holders, acme=5, basil=5)


@pytest.mark.parametrize(
    "point",
    [
        "revising.stored",
        "revising.committed",
        "moving.moved@2",
        "moving.counted",
        "moving.counted@2",
    ],
)
def test_a_long_move_whose_worker_is_killed_is_finished_by_the_next_one(
    holders: dict[str, Customer], sender: WebClient, workers: Nursery, point: str
) -> None:
    sent(sender, *calls(5, day=5), *calls(MANY, day=15))
    assert changed(sender, HAND_OVER).status == 200
    job = SubjectMove.objects.get(finished_at=None)
    work = f"from usage.tasks import move_subject; move_subject({job.pk})"
    name, _, visit = point.partition("@")

    ended = workers.run(work, failpoints=f"{name}:kill@{visit or 1}")

    assert ended == -signal.SIGKILL
    assert contradictions() == []
    assert workers.run(work) == 0
    job.refresh_from_db()
    assert (job.moved, job.done, job.finished_at is not None) == (MANY, MANY, True)
    assert_each_is_with_its_holder(holders, acme=5, basil=MANY)
    assert EventVoid.objects.count() == MANY


def hand_over(customer: Customer, *, day: int) -> None:
    """Hand the number over from a day of November, as a person of staff does."""
    try:
        with transaction.atomic():
            latest = Subject.objects.order_by("-held_from")[0]
            since = make.NOVEMBER_1 + timedelta(days=day - 1)
            hand_over_subject(subject=latest, customer=customer, since=since)
            start_moves(spans=[NamedSpan(NUMBER, EVER)], requested_by=None, now=make.NOW)
    finally:
        connection.close()


def test_of_two_who_hand_over_one_number_at_once_the_second_is_refused(
    holders: dict[str, Customer], sender: WebClient, server: Web
) -> None:
    sent(sender, *calls(5, day=5), *calls(5, day=15))
    halted = server.arm("moving.moved:stop")
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(changed, sender, HAND_OVER)
        wait_for(lambda: is_halted(halted), what="nobody halted")
        second = threads.submit(hand_over, holders["carla"], day=12)
        wait_for(waiting, what="the second one does not wait")
        os.kill(halted, signal.SIGCONT)

        assert first.result().status == 200
        with pytest.raises(NotInThatTime):
            second.result()

    assert_each_is_with_its_holder(holders, acme=5, basil=5)


def test_a_number_handed_on_while_a_worker_moves_its_events_takes_them_along(
    holders: dict[str, Customer], sender: WebClient, workers: Nursery
) -> None:
    sent(sender, *calls(5, day=5), *calls(MANY, day=15))
    assert changed(sender, HAND_OVER).status == 200
    job = SubjectMove.objects.get(finished_at=None)
    worker = workers.start(
        f"from usage.tasks import move_subject; move_subject({job.pk})",
        failpoints="revising.stored:stop",
    )
    assert workers.halted(worker)
    with ThreadPoolExecutor(1) as threads:
        moving = threads.submit(hand_over, holders["carla"], day=12)
        wait_for(waiting, what="the second move does not wait for the first one")
        os.kill(worker, signal.SIGCONT)
        moving.result()
    assert workers.ended(worker) == 0

    for unfinished in SubjectMove.objects.filter(finished_at=None):
        while move_next(job_id=unfinished.pk, now=make.NOW):
            pass
    assert_each_is_with_its_holder(holders, acme=5, carla=MANY)


def test_what_was_attributed_before_a_hand_over_and_committed_after_it_follows(
    holders: dict[str, Customer], sender: WebClient, server: Web
) -> None:
    sent(sender, *calls(2, day=15))
    halted = server.arm("ingest.attributed:stop")
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(sent, sender, *calls(6, day=15)[2:])
        wait_for(lambda: is_halted(halted), what="nobody halted")
        moving = threads.submit(hand_over, holders["basil"], day=10)
        wait_for(waiting, what="the hand-over does not wait for what is under way")
        os.kill(halted, signal.SIGCONT)
        moving.result()
        slow.result()

    assert_each_is_with_its_holder(holders, basil=6)


def test_what_is_replayed_while_its_number_is_handed_over_follows(
    holders: dict[str, Customer], sender: WebClient, workers: Nursery
) -> None:
    sent(sender, *[body | {"event_name": "other_call"} for body in calls(4, day=15)])
    Meter.objects.create(
        legal_entity=make.northwind(), code="OTHER", display_name="Other calls",
        event_name="other_call", aggregation="count", unit="call",
    )  # fmt: skip
    job, _ = start_replay_of_reason(
        source_id=Source.objects.get().pk, reason=QuarantineReason.UNKNOWN_EVENT_NAME,
        requested_by=make.staff(), now=make.NOW,
    )  # fmt: skip
    worker = workers.start(
        f"from usage.tasks import replay_cause; replay_cause({job.pk})",
        failpoints="replay.counted:stop",
    )
    assert workers.halted(worker)
    with ThreadPoolExecutor(1) as threads:
        moving = threads.submit(hand_over, holders["basil"], day=10)
        wait_for(waiting, what="the hand-over does not wait for what is being replayed")
        os.kill(worker, signal.SIGCONT)
        moving.result()
    assert workers.ended(worker) == 0

    assert_each_is_with_its_holder(holders, basil=4)
