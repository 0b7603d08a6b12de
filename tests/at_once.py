"""Work done at the same moment, each piece on a database connection of its own."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, transaction

Result = TypeVar("Result")

_LONGEST_WAIT_SECONDS = 30


def at_once(*works: Callable[[], Result]) -> list[Result]:
    """Return what each piece of work returned, all started together; an error is raised."""
    return [future.result() for future in _run(works)]


def errors_at_once(*works: Callable[[], object]) -> list[BaseException | None]:
    """Return what each piece of work raised, None where it went well."""
    return [future.exception() for future in _run(works)]


def elsewhere(work: Callable[[], Result]) -> Result:
    """Return what the work returned, done and committed on another connection."""
    return at_once(work)[0]


@contextmanager
def uncommitted(work: Callable[[], object]) -> Iterator[None]:
    """Do the work in a transaction of another connection, which commits when the block ends."""
    done, over = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                work()
                done.set()
                over.wait(_LONGEST_WAIT_SECONDS)
        finally:
            done.set()
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        held = threads.submit(hold)
        try:
            assert done.wait(_LONGEST_WAIT_SECONDS)
            yield
        finally:
            over.set()
        held.result()


@contextmanager
def no_waiting() -> Iterator[None]:
    """Let whatever waits for another's lock fail within a second."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '1s'")
        try:
            yield
        finally:
            cursor.execute("RESET lock_timeout")


def until_another_waits() -> None:
    """Return once some other connection to this database waits for a lock."""
    with connection.cursor() as cursor:

        def another_waits() -> bool:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock')"
            )
            return bool(cursor.fetchone()[0])

        until(another_waits)


def until(happened: Callable[[], bool]) -> None:
    """Return once it happened, looking again and again."""
    with connection.cursor() as cursor:
        for _ in range(100 * _LONGEST_WAIT_SECONDS):
            if happened():
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise TimeoutError("it did not happen")


def _run(works: tuple[Callable[[], Result], ...]) -> list[Future[Result]]:
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Result]) -> Result:
        try:
            connection.ensure_connection()
            start.wait(_LONGEST_WAIT_SECONDS)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return [threads.submit(run, work) for work in works]
