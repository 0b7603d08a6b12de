"""
Single events that come at the same time, stored by one transaction.

Most of what storing an event takes is taken once for all that are stored with it. So whoever brings
one while this process stores another of the same sender waits for that commit, and is stored with
all who came meanwhile. Nobody waits for others to come.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from accounts.models import ApiKey
from usage.intake.sent_event import Rejected, SentEvent
from usage.operations.accept_events import accept_events
from usage.operations.accepting.outcome import Outcome
from usage.operations.source_of_key import source_of_key
from values.failpoints import reached

Item = SentEvent | Rejected
Sender = tuple[int, str]
"""Whose keys share a source: the partner, and the mode of the key."""


class _Place(NamedTuple):
    """
    A single event in a queue, and what whoever brought it is told.

    Its outcome; or who is behind it, to store theirs beside its own; or None: to store it alone.
    """

    item: Item
    now: datetime
    told: Future["Outcome | Sequence[_Place] | None"]


class _Queues:
    """The events that wait in this process; a sender has a queue while one of its is stored."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: dict[Sender, list[_Place]] = {}

    def enter(self, sender: Sender, place: _Place) -> bool:
        """Return whether it waits now, because another is being stored."""
        with self._lock:
            if sender not in self._waiting:
                self._waiting[sender] = []
                return False
            self._waiting[sender].append(place)
            return True

    def hand_over(self, sender: Sender) -> None:
        """Let the first who waits store what all of them brought."""
        with self._lock:
            if not self._waiting[sender]:
                del self._waiting[sender]
                return
            first, *others = self._waiting[sender]
            self._waiting[sender] = []
        first.told.set_result(others)


_queues = _Queues()


def accept_together(*, key: ApiKey, items: Sequence[Item], now: datetime) -> list[Outcome]:
    """
    Store what an API key brings, and return an outcome for each item once that is committed.

    As `accept_events` does it for these items alone: nobody learns of what is stored beside them,
    nor is harmed by what goes wrong there.

    :raises OperationalError: another held a key for too long.
    """
    if len(items) != 1:
        return _accept(items, key=key, now=now)
    return [_accept_single(_Place(items[0], now, Future()), key=key)]


def _accept_single(own: _Place, *, key: ApiKey) -> Outcome:
    sender = key.partner_id, key.mode
    behind: Sequence[_Place] = ()
    if _queues.enter(sender, own):
        told = own.told.result()
        if isinstance(told, Outcome):
            return told
        if told is None:
            return _accept([own.item], key=key, now=own.now)[0]
        behind = told
    try:
        return _accept_all(own, behind, key=key)
    finally:
        _queues.hand_over(sender)


def _accept_all(own: _Place, behind: Sequence[_Place], *, key: ApiKey) -> Outcome:
    places = [own, *behind]
    outcome: Outcome | None = None
    others: Sequence[Outcome | None] = [None] * len(behind)
    try:
        outcome, *others = _accept(
            [place.item for place in places], key=key, now=max(place.now for place in places)
        )
    except Exception:
        if not behind:
            raise
    finally:
        for place, other in zip(behind, others, strict=True):
            place.told.set_result(other)
    return outcome or _accept([own.item], key=key, now=own.now)[0]


def _accept(items: Sequence[Item], *, key: ApiKey, now: datetime) -> list[Outcome]:
    # Looked up once all have come, so that nobody's is kept by rules older than its coming.
    source = source_of_key(key=key)
    reached("ingest.source_found")
    return accept_events(source=source, items=items, now=now)
