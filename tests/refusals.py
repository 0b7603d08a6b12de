"""What the database itself says no to, whoever asks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction


@contextmanager
def refused(words: str | None = None) -> Iterator[None]:
    """Expect the database to refuse the block with these words, and go on after."""
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        yield


def sql(statement: str, *values: Any) -> Sequence[tuple[object, ...]]:
    """Run a statement as it stands, past models and operations, and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return cursor.fetchall() if cursor.description else []


@contextmanager
def damage() -> Iterator[None]:
    """Let the block change what triggers protect, as a hand in the database could."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("SET session_replication_role = replica")
    try:
        yield
    finally:
        sql("SET session_replication_role = origin")
