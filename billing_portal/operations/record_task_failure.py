"""Keeping that background work failed, where staff see it."""

from datetime import datetime

from django.db import connection

_UPSERT = """
    INSERT INTO billing_portal_taskfailure AS known
        (task, arguments, error, times, first_at, last_at)
    VALUES (%s, %s, %s, 1, %s, %s)
    ON CONFLICT (task, arguments) WHERE settled_at IS NULL
    DO UPDATE SET times = known.times + 1,
                  error = EXCLUDED.error,
                  last_at = greatest(known.last_at, EXCLUDED.last_at)
"""


def record_task_failure(*, task: str, arguments: str, error: str, now: datetime) -> None:
    """
    Keep one open row for this work: the first failure makes it, each further one counts up.

    `arguments` and `error` are texts that staff may read, as `told_arguments` and `told_error`
    make them. Two workers that fail at the same moment are counted both.
    """
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [task[:200], arguments[:500], error[:500], now, now])
