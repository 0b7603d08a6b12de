"""
A web process that is killed anywhere while usage comes: what was acknowledged stands once.

The sender asks again, with the same keys, and is answered by the process that took its place.
"""

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from accounts.models import Customer
from tests import factories as make
from tests.flows.nursery import Nursery, nursery
from tests.flows.web import Answer, Died, Web, WebClient, web
from tests.flows.what_stands import contradictions, keys_standing, minutes_at, minutes_of
from usage.models import Event
from usage.store import store
from usage.store.rollups import differences

pytestmark = pytest.mark.usefixtures("committed")

FEW = 40
# So many keys are written by a COPY.
MANY = 1_000
NEW_MONTH = "2019-07-15T10:00:00Z"
UNCOMMITTED = (
    "ingest.let_in",
    "ingest.allowance_taken",
    "ingest.allowance_taken@2",
    "ingest.decoded",
    "ingest.source_found",
    "ingest.attributed",
    "ingest.month_created",
    "ingest.month_attached",
    "ingest.months_made",
    "ingest.dimensions_made",
    "ingest.keys_copied",
    "ingest.keys_taken",
    "ingest.records_copied",
    "ingest.quarantined",
    "ingest.announced",
    "ingest.told",
    "ingest.receipt_written",
)
COMMITTED = ("ingest.committed", "ingest.answered")
POINTS = (*UNCOMMITTED, *COMMITTED)
# Every batch comes by.
ALWAYS = [point for point in POINTS if "month_" not in point and point != "ingest.keys_copied"]
ROLLING = ("rolling.bounded", "rolling.added", "rolling.marked", "rolling.committed")
ROLL = "from usage.tasks import roll; roll()"


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
    """A partner's program; the month of its oldest events has no partition yet."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS usage_record_2019_07")
    return server.client(make.api_key(make.partner(acme))[1])


def call(name: str, number: int, **fields: Any) -> dict[str, Any]:
    told = {"region": f"R{number % 3}", "minutes": number % 7, **fields}
    return make.call_body(f"{name}-{number}", **told)


def fresh(size: int) -> list[dict[str, Any]]:
    """Return new events, the last one of a month that nothing came of yet."""
    return [
        *(call("new", number) for number in range(size - 1)),
        call("new", size - 1, occurred_at=NEW_MONTH),
    ]


BEFORE = [call("before", number) for number in range(10)]


# Known ones, the second with another body: one of them is enough to have each key asked for.
KNOWN = [BEFORE[0], {**BEFORE[1], "occurred_at": "2024-11-06T10:00:00Z"}]


def batch(size: int) -> list[dict[str, Any]]:
    """Return new events, and with them one that must wait, one of no use and one that repeats."""
    return [
        *fresh(size),
        call("lost", 1, customer_id="nobody"),
        call("bad", 1, minutes="a few"),
        call("new", 0),
    ]


def told(answer: Answer) -> tuple[int, ...]:
    """Return how many were accepted, known, in conflict, quarantined and rejected."""
    names = ("accepted", "duplicates", "conflicts", "quarantined", "rejected")
    assert answer.status == 200
    return tuple(answer.body[name] for name in names)


def killed_at(point: str) -> str:
    """Return the order to die at a point, such as `ingest.decoded`, or at its visit `@2`."""
    name, _, visit = point.partition("@")
    return f"{name}:kill@{visit or 1}"


def dies(sender: WebClient, path: str, body: Any) -> None:
    with pytest.raises(Died):
        sender.post(path, body)


CASES = [(point, FEW) for point in POINTS if point != "ingest.keys_copied"] + [
    (point, MANY)
    for point in (
        "ingest.keys_copied",
        "ingest.keys_taken",
        "ingest.records_copied",
        "ingest.receipt_written",
        "ingest.committed",
    )
]


@pytest.mark.parametrize("point, size", CASES)
def test_what_was_acknowledged_stands_once_wherever_a_web_process_is_killed(
    acme: Customer, server: Web, sender: WebClient, point: str, size: int
) -> None:
    assert told(sender.post("/events/batch", {"events": BEFORE})) == (10, 0, 0, 0, 0)
    known = KNOWN if size < MANY else []
    body = {"events": [*batch(size), *known]}
    armed = server.arm(killed_at(point))

    dies(sender, "/events/batch", body)

    was_stored = point in COMMITTED
    assert Event.objects.count() == 10 + size * was_stored
    assert contradictions() == []
    answer = sender.post("/events/batch", body)
    all_known = (0, size + 2 + len(known[1:]), len(known[1:]), 0, 1)
    new = (size, 1 + len(known[1:]), len(known[1:]), 1, 1)
    assert told(answer) == (all_known if was_stored else new)
    assert told(sender.post("/events/batch", body)) == all_known
    assert armed != server.worker()
    assert_each_stands_once(acme, [*BEFORE, *fresh(size)])


@pytest.mark.parametrize("point", [*COMMITTED, "ingest.receipt_written"])
def test_a_single_event_stands_once_where_its_answer_was_lost(
    acme: Customer, server: Web, sender: WebClient, point: str
) -> None:
    server.arm(killed_at(point))
    dies(sender, "/events", call("new", 1))

    answer = sender.post("/events", call("new", 1))

    status = (200, "duplicate") if point in COMMITTED else (201, "accepted")
    assert (answer.status, answer.body["status"]) == status
    assert_each_stands_once(acme, [call("new", 1)])


def test_killed_again_and_again_at_other_points_each_stands_once(
    acme: Customer, server: Web, sender: WebClient
) -> None:
    sent: list[dict[str, Any]] = []
    for number, point in enumerate(ALWAYS):
        bodies = [call(f"round-{number}", place) for place in range(5)]
        server.arm(killed_at(point))
        # What was sent before comes once more with it, as from a sender that has lost count.
        body = {"events": [*bodies, *sent[-5:]]}
        dies(sender, "/events/batch", body)
        accepted, duplicates, *others = told(sender.post("/events/batch", body))
        assert (accepted + duplicates, others) == (len(body["events"]), [0, 0, 0])
        sent += bodies

    assert_each_stands_once(acme, sent)


@pytest.mark.parametrize("point", ROLLING)
def test_a_roller_that_is_killed_adds_nothing_twice(
    acme: Customer, server: Web, sender: WebClient, workers: Nursery, point: str
) -> None:
    body = {"events": batch(FEW)}
    sender.post("/events/batch", {"events": BEFORE})
    store.roll()
    sender.post("/events/batch", body)

    assert workers.run(ROLL, failpoints=killed_at(point)) == -signal.SIGKILL

    assert_each_stands_once(acme, [*BEFORE, *fresh(FEW)])
    assert workers.run(ROLL) == 0
    assert_each_stands_once(acme, [*BEFORE, *fresh(FEW)])


def assert_each_stands_once(acme: Customer, bodies: list[dict[str, Any]]) -> None:
    """Look at keys and sums, as they are and after the rollups have caught up."""
    assert contradictions() == []
    assert keys_standing(acme) == sorted(body["idempotency_key"] for body in bodies)
    assert minutes_at(acme) == minutes_of(bodies)
    store.roll()
    assert list(differences()) == []
    assert minutes_at(acme) == minutes_of(bodies)
