"""What is not in the database any more, said before anybody counts without it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, connection

from values.period import Period

_SQLSTATE = "UA001"
_HOUR = timedelta(hours=1)
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class MonthArchived(LookupError):
    """
    What was asked for needs events that were put into a file.

    `months` are written 2024-05.
    """

    def __init__(self, months: Sequence[str]) -> None:
        said = ", ".join(months)
        super().__init__(
            f"Events of {said} are archived: `manage.py usage_archive find` lists them, "
            f"`manage.py usage_archive restore {months[0]}` brings them back."
        )
        self.months = tuple(months)


def archived_months(span: Period | None = None) -> list[date]:
    """Return the first days of the months (UTC) that touch the span and are in files, in order."""
    within = "" if span is None else "AND starts_at < %s AND ends_at > %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT month FROM usage_archive WHERE state = 'archived' {within}"
            " ORDER BY month",
            [] if span is None else [span.end, span.start],
        )
        return [month for (month,) in cursor.fetchall()]


def months_in_files(*, start: datetime | None, end: datetime | None) -> list[str]:
    """Return the months, as 2024-05, whose events a list of `[start, end)` does not have."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT to_char(month, 'YYYY-MM') FROM usage_archive
            WHERE state = 'archived' AND starts_at < coalesce(%s, 'infinity'::timestamptz)
              AND ends_at > coalesce(%s, '-infinity'::timestamptz)
            ORDER BY 1
            """,
            [end, start],
        )
        return [month for (month,) in cursor.fetchall()]


def refuse_archived(span: Period) -> None:
    """:raises MonthArchived: events of the span may be in files."""
    months = archived_months(span)
    if months:
        raise MonthArchived([f"{month:%Y-%m}" for month in months])


def refuse_missing(*, customer_id: int, meter_ids: Sequence[int], span: Period) -> None:
    """:raises MonthArchived: events of the span that these meters count are in files."""
    with archived_is_said(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT usage_whole(%s, %s::integer[], ARRAY[%s], ARRAY[%s])",
            [customer_id, list(meter_ids), span.start, span.end],
        )


def archived_keys(keys: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return those of these keys whose event was put into a file, with its month."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT k.key, to_char(a.month, 'YYYY-MM')
            FROM usage_key AS k
            JOIN usage_archive AS a ON a.state = 'archived'
             AND a.starts_at <= k.occurred_at AND k.occurred_at < a.ends_at
            WHERE k.key = ANY(%s)
              AND NOT EXISTS (SELECT 1 FROM usage_record AS r
                              WHERE r.occurred_at = k.occurred_at AND r.key = k.key)
              AND NOT EXISTS (SELECT 1 FROM usage_quarantinedevent AS q
                              WHERE q.key = k.key AND q.resolved_at IS NULL)
            """,
            [list(keys)],
        )
        return dict(cursor.fetchall())


def refuse_archived_keys(keys: Sequence[UUID]) -> None:
    """:raises MonthArchived: one of these events was put into a file."""
    months = set(archived_keys(keys).values())
    if months:
        raise MonthArchived(sorted(months))


def archived_error(error: BaseException) -> MonthArchived | None:
    """Return what is archived, if that is what the error says: ours, or the database's."""
    if isinstance(error, MonthArchived):
        return error
    cause = error.__cause__ if isinstance(error, DatabaseError) else None
    if getattr(cause, "sqlstate", None) != _SQLSTATE:
        return None
    return MonthArchived(str(cause.diag.message_detail).split(", "))  # type: ignore[union-attr]


@contextmanager
def archived_is_said() -> Iterator[None]:
    """
    Let what the database says of archived months be said in our words.

    :raises MonthArchived: the transaction at hand, if there is one, can only be rolled back.
    """
    try:
        yield
    except DatabaseError as error:
        archived = archived_error(error)
        if archived is None:
            raise
        raise archived from error


def whole_hours(span: Period) -> Period:
    """Return the span, widened to whole hours: their sums stay when the events are archived."""
    return Period(
        span.start - (span.start - _BEGINNING) % _HOUR, span.end + (_BEGINNING - span.end) % _HOUR
    )
