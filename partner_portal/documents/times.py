"""Times on partners' pages: a partner has no time zone, so they are in UTC, as in the API."""

from datetime import datetime

from portal.documents.times import moment, moment_with_seconds

ZONE = "UTC"


def instant(at: datetime) -> str:
    """Return ``Nov 5, 2024 10:00 UTC``."""
    return moment(at, ZONE)


def exact_instant(at: datetime) -> str:
    """Return ``Nov 5, 2024 10:00:00``; the page says that it is UTC."""
    return moment_with_seconds(at, ZONE)
