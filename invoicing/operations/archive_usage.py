"""Archiving months of usage that bills are done with."""

from datetime import date, datetime

from invoicing.queries.archive_needs import archive_needs
from usage.models import UsageArchive
from usage.operations.archives.archive_month import (
    archivable_months,
    archive_month,
    oldest_kept,
)
from usage.store import store
from usage.store.partitions import month_bounds
from values.period import Period

# Previews, pages and bills of the last months read single events.
LEAST_MONTHS = 3


class TooYoung(ValueError):
    """The month is one of the last months, whose events stay."""


def archive_usage(*, month: date, now: datetime) -> UsageArchive | None:
    """
    Archive a month (its first day, UTC) but for what bills still need; see `archive_month`.

    The sums by the hour are brought up to date before.

    :raises TooYoung:
    """
    if month >= oldest_kept(now=now, months=LEAST_MONTHS):
        raise TooYoung(f"The events of the last {LEAST_MONTHS} months stay in the database.")
    store.roll()
    span = Period(*month_bounds(month.year, month.month))
    return archive_month(month=month, needs=archive_needs(month=span), now=now)


def months_to_archive(*, now: datetime, months: int) -> list[date]:
    """
    Return the months with records that are older than so many whole ones, the oldest first.

    Those that somebody brought back stay, until they are archived by name.
    """
    return archivable_months(before=oldest_kept(now=now, months=months))
