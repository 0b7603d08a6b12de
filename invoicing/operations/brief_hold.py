"""What is tried and taken back holds others up for less time than they wait."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection
from psycopg.errors import QueryCanceled

# Together less than a sender waits for a key (5 s) and who changes hands for senders (4 s).
LONGEST_HELD_SECONDS = 3
LONGEST_STATEMENT = "900ms"
# What lets go is never too late.
_LETS_GO = ("ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT")


class HeldTooLong(RuntimeError):
    """It would take longer than others should wait for it; it is to be taken back."""


class BriefHold:
    """How long something may be held yet, by a clock that counts seconds."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.begin()

    def begin(self) -> None:
        """Count anew: all that was held until now was let go."""
        self._until = self._clock() + LONGEST_HELD_SECONDS

    @contextmanager
    def kept(self) -> Iterator[None]:
        """
        Let the block begin no statement too late, and none of them last long.

        In a transaction that is taken back in any case.

        :raises HeldTooLong:
        """
        with connection.cursor() as cursor, connection.execute_wrapper(self._run):
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [LONGEST_STATEMENT])
            try:
                yield
            except OperationalError as error:
                if isinstance(error.__cause__, QueryCanceled):
                    raise HeldTooLong from error
                raise

    def _run(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        if not str(sql).startswith(_LETS_GO) and self._clock() > self._until:
            raise HeldTooLong
        return execute(sql, params, many, context)
