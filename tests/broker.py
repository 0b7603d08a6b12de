"""Brokers that tests hand work to: one in memory that keeps it, one that nobody reaches."""

from collections.abc import Iterator
from contextlib import contextmanager

from billing_portal.celery import app

IN_MEMORY = "memory://localhost"
OUT_OF_REACH = "amqp://127.0.0.1:1"


@contextmanager
def broker_at(url: str) -> Iterator[None]:
    """Let tasks be sent to this broker; what it holds is emptied after."""
    before = app.conf.broker_url
    _connect_to(url)
    try:
        yield
    finally:
        if url == IN_MEMORY:
            app.control.purge()
        _connect_to(before)


def sent() -> list[tuple[str, list[int]]]:
    """Return the tasks that were sent to the broker in memory, with their arguments."""
    with app.connection_for_read() as held:
        queue = held.SimpleQueue("celery")
        taken = []
        while queue.qsize():
            message = queue.get_nowait()
            message.ack()
            taken.append((message.headers["task"], list(message.payload[0])))
        queue.close()
    return taken


def _connect_to(url: str) -> None:
    app.conf.broker_url = url
    # The connections that wait for reuse lead to the broker before.
    app.amqp._producer_pool = None
    app._pool = None
