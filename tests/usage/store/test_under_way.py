"""What is still under way: in this database it is waited for, in others it is not."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection, transaction

from tests.at_once import elsewhere, uncommitted
from usage.store.under_way import oldest_under_way

pytestmark = pytest.mark.usefixtures("committed")

_NUMBERED = "SELECT pg_current_xact_id()::text::bigint"


def a_transaction() -> int:
    """Return the number of a transaction, which is committed where none is open."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERED)
        (number,) = cursor.fetchone()
    return int(number)


@contextmanager
def another_database() -> Iterator[psycopg.Connection]:
    """Connect to a database of the same server that is not the one of the tests."""
    connection.ensure_connection()
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    parameters.pop("context", None)
    with psycopg.connect(**parameters) as other:
        yield other


def keep_committing(there: psycopg.Connection) -> None:
    """Have the server begin and end transactions, one after the other, until it is cancelled."""
    there.autocommit = True
    # Should nobody be left to cancel it.
    there.execute("SET statement_timeout = '1min'")
    there.execute("DO $$ BEGIN LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$")


def test_what_is_under_way_here_is_waited_for() -> None:
    numbers: list[int] = []
    with uncommitted(lambda: numbers.append(a_transaction())):
        elsewhere(a_transaction)

        assert [int(oldest_under_way())] == numbers


def test_what_is_under_way_in_another_database_is_not() -> None:
    with another_database() as other:
        held = other.execute(_NUMBERED).fetchone()
        ours = a_transaction()

        assert held is not None
        assert held[0] < ours < int(oldest_under_way())


def test_what_begins_in_another_database_once_it_was_asked_is_not() -> None:
    with another_database() as before, another_database() as later, transaction.atomic():
        before.execute(_NUMBERED)
        elsewhere(a_transaction)
        oldest_under_way()
        held = later.execute(_NUMBERED).fetchone()
        ours = elsewhere(a_transaction)

        assert held is not None
        assert held[0] < ours < int(oldest_under_way())


def test_what_ends_in_another_database_while_it_is_asked_is_not() -> None:
    with another_database() as other, ThreadPoolExecutor(1) as threads:
        busy = threads.submit(keep_committing, other)
        try:
            reached = [(a_transaction(), int(oldest_under_way())) for _ in range(1000)]
        finally:
            other.cancel()
        assert isinstance(busy.exception(), psycopg.errors.QueryCanceled)

    assert [ours for ours, oldest in reached if oldest <= ours] == []


def test_it_is_never_below_what_is_known() -> None:
    ahead = str(a_transaction() + 1000)

    assert oldest_under_way(known=ahead) == ahead
