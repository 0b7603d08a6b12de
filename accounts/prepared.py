"""
Statements that a connection prepares once, for what each of many requests asks.

PostgreSQL plans such a statement once for each connection, and the values travel beside its text:
for a look-up by key that is a quarter of the work of both sides. Django itself sends the values
within the text, to be planned anew each time, which is right for a page.
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorDebugWrapper

Values = Sequence[Any] | Mapping[str, Any]
Rows = psycopg.Cursor[tuple[Any, ...]]


def run_prepared(
    statement: str, values: Values = (), *, over: BaseDatabaseWrapper | None = None
) -> Rows:
    """
    Run a statement over Django's connection, and return the cursor that has what it answers.

    Each `%s` needs a type that does not follow from the value's size: cast it, or compare it
    with a column. No history is written of what it changes. `PREPARE_STATEMENTS` says whether
    any are prepared at all; what the database refuses is raised as Django's errors.
    """
    wrapper = connections[DEFAULT_DB_ALIAS] if over is None else over
    wrapper.close_if_health_check_failed()
    wrapper.ensure_connection()
    wrapper.validate_no_broken_transaction()
    with wrapper.wrap_database_errors:
        cursor: Rows = psycopg.Cursor(cast("psycopg.Connection[Any]", wrapper.connection))
        watched = (
            CursorDebugWrapper(cursor, wrapper).debug_sql(statement, values)
            if wrapper.queries_logged
            else nullcontext()
        )
        with watched:
            cursor.execute(statement, values)
    return cursor
