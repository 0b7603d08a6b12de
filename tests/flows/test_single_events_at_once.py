"""Single events of the same keys from many connections at once, while web processes are killed."""

import random
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from itertools import cycle

import pytest

from accounts.models import Customer
from tests import factories as make
from tests.flows.web import Answer, Died, Web, WebClient
from tests.flows.what_stands import contradictions, keys_standing, received
from usage.models import UsageReceipt
from usage.store import store
from usage.store.rollups import differences

pytestmark = pytest.mark.usefixtures("committed")

SENDERS = 12
ROUNDS = 40
KEYS = 6
KILLED_EVERY = 4
POINTS = ("ingest.source_found", "ingest.receipt_written", "ingest.committed")
TAKEN, KNOWN, BUSY, DIED = 201, 200, 503, None
AGAIN = (BUSY, DIED)


def test_each_key_is_taken_once_by_whoever_stores_it_for_others(
    acme: Customer, servers: tuple[Web, Web]
) -> None:
    key = make.api_key(make.partner(acme))[1]
    rounds, deaths = iter(range(ROUNDS)), zip(cycle(servers), cycle(POINTS), strict=False)
    said: dict[str, list[int | None]] = defaultdict(list)

    def kill_one() -> None:
        if next(rounds, 1) % KILLED_EVERY == 0:
            server, point = next(deaths)
            server.arm(f"{point}:kill@2")

    barrier = threading.Barrier(SENDERS, action=kill_one)

    def send(name: int) -> None:
        chance, asked = random.Random(name), cycle(server.client(key) for server in servers)
        for number in range(ROUNDS):
            call = make.call_body(f"call-{number}-{chance.randrange(KEYS)}")
            barrier.wait(timeout=90)
            status = DIED
            while status in AGAIN:
                status = answered(next(asked), call)
                said[call["idempotency_key"]].append(status)

    with ThreadPoolExecutor(SENDERS) as threads:
        for sent in as_completed([threads.submit(send, name) for name in range(SENDERS)]):
            if sent.exception():
                barrier.abort()
            sent.result()

    for told in said.values():
        # What was committed when its process was killed, nobody was told to be taken.
        assert told.count(TAKEN) in ((0, 1) if DIED in told else (1,))
        assert set(told) <= {TAKEN, KNOWN, BUSY, DIED}
    assert contradictions() == []
    assert keys_standing(acme) == sorted(said)
    store.roll()
    assert list(differences()) == []
    # More arrived than was answered: what was stored while its process was killed.
    answers = sum(told.count(TAKEN) + told.count(KNOWN) for told in said.values())
    assert sum(received().values()) >= answers
    assert UsageReceipt.objects.filter(received__gt=1).exists()


def answered(sender: WebClient, call: dict[str, object]) -> int | None:
    """Return the status of the answer, None where the process died."""
    answer: Answer | None = None
    with suppress(Died):
        answer = sender.post("/events", call)
    if answer is None:
        return DIED
    if answer.status != BUSY:
        assert answer.body["idempotency_key"] == call["idempotency_key"]
    return answer.status
