"""What is still asked of old events, so that these events stay in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class AskedSnapshot(NamedTuple):
    """A snapshot that is asked for what a customer used in `[starts_at, ends_at)`."""

    customer_id: int
    starts_at: datetime
    ends_at: datetime
    snapshot: str


class AskedInstant(NamedTuple):
    """An instant at which a customer's usage is cut in two."""

    customer_id: int
    instant: datetime


class AskedHistory(NamedTuple):
    """A meter of which a customer's bills read single events, however long ago they happened."""

    customer_id: int
    meter_id: int


@dataclass(frozen=True, slots=True)
class Needs:
    """
    What will be asked of a month once its events are in a file; each is read once.

    An event that one of the snapshots does not show, or shows though it is void by now, stays:
    what came since is told from what was there. So do events of hours that an instant cuts, and
    those of a history.
    """

    snapshots: Iterable[AskedSnapshot] = ()
    instants: Iterable[AskedInstant] = ()
    histories: Iterable[AskedHistory] = ()
