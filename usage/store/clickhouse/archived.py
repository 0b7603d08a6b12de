"""Months that went into files before they moved: nobody counts without them."""

from datetime import datetime

from django.db import connection

from usage.store.archives.archived import MonthArchived
from usage.store.clickhouse.mark import Mark


def refuse_unmoved(mark: Mark, start: datetime | None = None, end: datetime | None = None) -> None:
    """
    Refuse where records of the time, or of any, went into files and are not in ClickHouse.

    :raises MonthArchived: restored, they move like all others, and may be archived again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT to_char(month, 'YYYY-MM') FROM usage_archive
            WHERE state = 'archived' AND below::text::xid8 > %(mark)s::text::xid8
              AND (%(start)s::timestamptz IS NULL
                   OR (ends_at > %(start)s::timestamptz AND starts_at < %(end)s::timestamptz))
            ORDER BY 1
            """,
            {"mark": str(mark.ingest_tx), "start": start, "end": end},
        )
        months = [month for (month,) in cursor.fetchall()]
    if months:
        raise MonthArchived(months)
