"""
Two web servers and four senders with the same keys at once: each key is taken exactly once.

The senders meet at a barrier before each round. What all answers of a round say of a key must fit
together, and what is stored in the end must be what was acknowledged.
"""

import json
import os
import random
import signal
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import cycle
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from accounts.models import Customer, Partner
from tests import factories as make
from tests.caller import PROBLEM
from tests.flows.failing_processes import waiting
from tests.flows.processes import wait_for
from tests.flows.web import Answer, Died, Web, WebClient, is_halted
from tests.flows.what_stands import (
    contradictions,
    keys_standing,
    minutes_at,
    minutes_of,
    received,
)
from tests.refusals import sql
from usage.intake.sent_event import event_key_of
from usage.models import Event, QuarantinedEvent
from usage.store import store
from usage.store.rollups import differences

pytestmark = pytest.mark.usefixtures("committed")

ROUNDS = 200
SENDERS = 4
KEYS = 30
SENT = 24
# So many keys of a batch are written by a COPY, which one that is taken undoes.
MANY = 1_000
MANY_EVERY = 25
ROUNDS_OF_DEATHS = 30
# Where a process has begun, has done nearly all, and has done all of its work.
POINTS = (
    "ingest.decoded",
    "ingest.keys_taken",
    "ingest.records_copied",
    "ingest.receipt_written",
    "ingest.committed",
    "ingest.answered",
)
TAKEN = ("accepted", "quarantined")

Body = dict[str, Any]


@pytest.fixture
def senders(acme: Customer, servers: tuple[Web, Web]) -> list[WebClient]:
    """Four programs with one key, two at each server."""
    key = make.api_key(make.partner(acme))[1]
    return [server.client(key) for server, _ in zip(cycle(servers), range(SENDERS), strict=False)]


def call(number: int, place: int, *, minutes: int) -> Body:
    """Return a call of a round; the last one of each round is nobody's."""
    return make.call_body(
        f"call-{number}-{place}",
        customer_id="nobody" if place == KEYS - 1 else "acme",
        region=f"R{number % 7}-{place % 5}",
        minutes=minutes,
    )


def batch(number: int, chance: random.Random) -> list[Body]:
    """Return calls of a round in an order of their own, some with other minutes, one twice."""
    count, size = (KEYS, SENT) if number % MANY_EVERY else (MANY + KEYS, MANY)
    places = chance.sample(range(count), size)
    bodies = [call(number, place, minutes=chance.choice((5, 5, 5, 8))) for place in places]
    return [*bodies, chance.choice(bodies)]


def send_rounds(
    sender: WebClient, name: int, *, rounds: int, barrier: threading.Barrier, other: WebClient
) -> list[tuple[Body, str]]:
    """
    Send a batch in each round and return what was said of each event.

    Where nobody answers, the same batch goes to the other server, until somebody does.
    """
    chance = random.Random(name)
    said: list[tuple[Body, str]] = []
    for number in range(rounds):
        bodies = batch(number, chance)
        barrier.wait(timeout=90)
        asked = cycle((sender, other))
        answer = None
        while answer is None:
            with suppress(Died):
                answer = next(asked).post("/events/batch", {"events": bodies})
        assert answer.status == 200, answer.body
        said += [(body, each["status"]) for body, each in paired(bodies, answer)]
    return said


def all_said(
    senders: Sequence[WebClient], rounds: int, before: Callable[[], None] = lambda: None
) -> dict[str, list[tuple[Body, str]]]:
    """Return what all senders were told of each key; before each round something may happen."""
    barrier = threading.Barrier(SENDERS, action=before)
    send = partial(send_rounds, rounds=rounds, barrier=barrier)
    said: dict[str, list[tuple[Body, str]]] = defaultdict(list)
    with ThreadPoolExecutor(SENDERS) as threads:
        others = [*senders[1:], senders[0]]
        answers = [
            threads.submit(send, sender, name, other=other)
            for name, (sender, other) in enumerate(zip(senders, others, strict=True))
        ]
        for answer in answers:
            for body, status in answer.result():
                said[body["idempotency_key"]].append((body, status))
    return said


def paired(bodies: Sequence[Body], answer: Answer) -> Iterator[tuple[Body, Any]]:
    results = answer.body["results"]
    assert [each["index"] for each in results] == list(range(len(bodies)))
    return zip(bodies, results, strict=True)


def taken(said: Sequence[tuple[Body, str]]) -> list[Body]:
    """Return the body that took a key, as its sender was told; all answers must agree on it."""
    first = [body for body, status in said if status in TAKEN]
    assert len(first) <= 1
    known = first or [body for body, status in said if status == "duplicate"][:1]
    for body, status in said:
        if status not in TAKEN:
            assert status == ("duplicate" if body in known else "conflict")
    return first


def assert_stored_once(acme: Customer, bodies: Sequence[Body]) -> None:
    """See that these events of Acme are there, each once, and nothing else of Acme."""
    assert contradictions() == []
    assert keys_standing(acme) == sorted(body["idempotency_key"] for body in bodies)
    assert minutes_at(acme) == minutes_of(bodies)
    store.roll()
    assert list(differences()) == []
    assert minutes_at(acme) == minutes_of(bodies)


def test_two_hundred_rounds_of_the_same_keys_at_once(
    acme: Customer, senders: list[WebClient]
) -> None:
    said = all_said(senders, ROUNDS)

    first = {key: taken(told) for key, told in said.items()}
    assert {len(bodies) for bodies in first.values()} == {1}
    counted = [body for (body,) in first.values() if body["customer_id"] == "acme"]
    assert QuarantinedEvent.objects.count() == len(first) - len(counted)
    assert sum(received().values()) == sum(map(len, said.values()))
    assert_stored_once(acme, counted)


def test_rounds_in_which_one_of_the_two_servers_is_killed(
    acme: Customer, senders: list[WebClient], servers: tuple[Web, Web]
) -> None:
    deaths = zip(cycle(servers), cycle(POINTS), strict=False)
    armed: list[int] = []

    def kill_one() -> None:
        server, point = next(deaths)
        armed.append(server.arm(f"{point}:kill"))

    said = all_said(senders, ROUNDS_OF_DEATHS, before=kill_one)
    assert len(armed) == ROUNDS_OF_DEATHS
    for server in servers:
        wait_for(partial(is_unarmed, server, armed), what="an armed process was never killed")

    # What a process had committed when it was killed, nobody was told to be accepted.
    stored = bodies_of(Event.objects.all())
    waiting_ones = bodies_of(QuarantinedEvent.objects.all())
    assert stored.keys() | waiting_ones.keys() == said.keys()
    for key, told in said.items():
        assert taken(told) in ([], [{**waiting_ones, **stored}[key]])
    assert_stored_once(acme, list(stored.values()))


def is_unarmed(server: Web, armed: Collection[int]) -> bool:
    """Return whether the web process is one that took the place of an armed one."""
    running = server.worker()
    return running is not None and running not in armed


def bodies_of(events: Iterable[Event | QuarantinedEvent]) -> dict[str, Body]:
    return {event.idempotency_key: json.loads(event.sent) for event in events}


def test_who_waits_for_a_process_that_is_killed_has_its_events_taken(
    acme: Customer, senders: list[WebClient], servers: tuple[Web, Web]
) -> None:
    bodies = {"events": [call(1, place, minutes=5) for place in range(5)]}
    halted = servers[0].arm("ingest.keys_taken:stop")
    with ThreadPoolExecutor(2) as threads:
        doomed = threads.submit(senders[0].post, "/events/batch", bodies)
        wait_for(lambda: is_halted(halted), what="nobody halted")
        patient = threads.submit(senders[1].post, "/events/batch", bodies)
        wait_for(waiting, what="nobody waits for the keys")
        os.kill(halted, signal.SIGKILL)

        answer = patient.result()
        with pytest.raises(Died):
            doomed.result()

    assert answer.body["accepted"] == 5
    again = senders[0].post("/events/batch", bodies)
    assert (again.body["accepted"], again.body["duplicates"]) == (0, 5)
    assert_stored_once(acme, bodies["events"])


def test_who_waits_too_long_is_asked_to_come_again(
    acme: Customer, senders: list[WebClient], servers: tuple[Web, Web]
) -> None:
    bodies = {"events": [call(1, place, minutes=5) for place in range(5)]}
    halted = servers[0].arm("ingest.keys_taken:stop")
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(senders[0].post, "/events/batch", bodies)
        wait_for(lambda: is_halted(halted), what="nobody halted")

        refused = senders[1].post("/events/batch", bodies)

        os.kill(halted, signal.SIGCONT)
        assert slow.result().body["accepted"] == 5
    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert refused.headers["Content-Type"] == PROBLEM
    assert senders[1].post("/events/batch", bodies).body["duplicates"] == 5
    assert_stored_once(acme, bodies["events"])


def test_who_waits_in_a_circle_is_asked_to_come_again(
    acme: Customer, senders: list[WebClient]
) -> None:
    if sql("SHOW is_superuser") != [("on",)]:
        pytest.skip("this database user may not say who gives way")
    bodies = {"events": [call(1, place, minutes=5) for place in range(2)]}
    source = make.source(Partner.objects.get())
    first, last = sorted(
        event_key_of(source.pk, body["idempotency_key"]) for body in bodies["events"]
    )
    with transaction.atomic(), ThreadPoolExecutor(1) as threads:
        sql("SET LOCAL deadlock_timeout = '60s'")  # the other one looks for circles sooner
        hold(last)
        circling = threads.submit(senders[0].post, "/events/batch", bodies)
        wait_for(waiting, what="nobody waits for the last key")

        hold(first)

        refused = circling.result()
        transaction.set_rollback(True)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert senders[0].post("/events/batch", bodies).body["accepted"] == 2
    assert_stored_once(acme, bodies["events"])


def hold(key: UUID) -> None:
    """Take a key, in a transaction that is under way."""
    sql("INSERT INTO usage_key (key, fingerprint, occurred_at) VALUES (%s, 1, now())", key)
