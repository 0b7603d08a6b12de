"""The database goes away while usage comes: 503, and every acknowledged event exactly once."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import close_old_connections, connection

from accounts.models import Customer
from tests import factories as make
from tests.caller import PROBLEM, Caller
from tests.flows.processes import database_url
from usage.models import Event, EventKey, Reading, UsageReceipt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("committed")]

ROUNDS = 50
EVENTS_OF_A_BATCH = 120
STATEMENTS_OF_A_REQUEST = 20


@pytest.fixture
def caller() -> Caller:
    make.ai_call_meter()
    acme: Customer = make.acme()
    make.basil(is_sandbox=True)
    return Caller(make.api_key(make.partner(acme))[1])


@pytest.fixture
def killer() -> Iterator[Callable[[int], None]]:
    """Ends the server process behind a connection, from another one."""
    with psycopg.connect(database_url(), autocommit=True) as other:

        def kill(backend: int) -> None:
            other.execute("SELECT pg_terminate_backend(%s)", [backend])

        yield kill


def batch(number: int) -> dict[str, Any]:
    bodies = [
        make.call_body(f"call-{number}-{place}", region=f"R{place % 5}")
        for place in range(EVENTS_OF_A_BATCH)
    ]
    bodies[3]["customer_id"] = "nobody"
    return {"events": bodies}


def send(caller: Caller, number: int) -> Any:
    """Send as a server would: a connection that is of no use any more is closed first."""
    close_old_connections()
    answer = caller.post("/events/batch", batch(number))
    if answer.status_code != 200:
        assert (answer.status_code, answer["Content-Type"]) == (503, PROBLEM)
        assert answer["Retry-After"] == "5"
    return answer


def acknowledged(caller: Caller, number: int, disturbed: Any) -> dict[str, Any]:
    """Return the answer that says that the batch is stored, however often it has to be sent."""
    answer = disturbed
    while answer.status_code != 200:
        answer = send(caller, number)
    result: dict[str, Any] = answer.json()
    assert result["rejected"] == result["conflicts"] == 0
    return result


def each_is_there_once(rounds: int) -> None:
    close_old_connections()
    stored, waiting = rounds * (EVENTS_OF_A_BATCH - 1), rounds
    assert EventKey.objects.count() == stored + waiting
    assert Event.objects.count() == Reading.objects.count() == stored
    assert len(set(Event.objects.values_list("idempotency_key", flat=True))) == stored
    receipts = UsageReceipt.objects.values_list("accepted", "quarantined")
    assert sum(accepted for accepted, _ in receipts) == stored
    assert sum(quarantined for _, quarantined in receipts) == waiting


@contextmanager
def lost_at_statement(number: int, kill: Callable[[int], None]) -> Iterator[None]:
    """Lose the connection just before the statement of this number."""
    connection.ensure_connection()
    countdown = iter(range(number, -1, -1))

    def lose(execute: Any, *arguments: Any) -> Any:
        if next(countdown, None) == 0:
            kill(connection.connection.info.backend_pid)
        return execute(*arguments)

    with connection.execute_wrapper(lose):
        yield


@contextmanager
def lost_after(seconds: float, kill: Callable[[int], None]) -> Iterator[None]:
    """Lose the connection at a moment, whatever it does then."""
    connection.ensure_connection()
    timer = threading.Timer(seconds, kill, [connection.connection.info.backend_pid])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def test_a_connection_lost_before_any_statement_costs_no_event(
    caller: Caller, killer: Callable[[int], None]
) -> None:
    answers = []
    for number in range(STATEMENTS_OF_A_REQUEST):
        close_old_connections()
        with lost_at_statement(number, killer):
            answers.append(send(caller, number))
        acknowledged(caller, number, answers[-1])

    assert {answer.status_code for answer in answers} == {200, 503}
    each_is_there_once(STATEMENTS_OF_A_REQUEST)


def test_a_connection_lost_at_any_moment_costs_no_event(
    caller: Caller, killer: Callable[[int], None]
) -> None:
    chance = random.Random(11)
    started = time.perf_counter()
    acknowledged(caller, 0, send(caller, 0))
    usual = time.perf_counter() - started

    for number in range(1, ROUNDS + 1):
        close_old_connections()
        with lost_after(chance.uniform(0, usual), killer):
            answer = send(caller, number)
        acknowledged(caller, number, answer)

    each_is_there_once(ROUNDS + 1)
