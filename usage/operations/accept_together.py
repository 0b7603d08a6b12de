"""
Single events that come at the same time, stored by one transaction.

Most of what storing an event takes is taken once for all that are stored with it. So whoever brings
one while this process stores another of the same sender waits for that commit, and is stored with
all who came meanwhile. Nobody waits for others to come, and none waits long: what meets a lock is
stored alone, beside the queue.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from threading import Lock
from typing import NamedTuple

import structlog

from accounts.models import ApiKey
from usage.intake.sent_event import Rejected, SentEvent
from usage.operations.accept_events import accept_events
from usage.operations.accepting.outcome import Outcome
from usage.operations.source_of_key import source_of_key
from values.failpoints import reached

log = structlog.get_logger()

_SHORT_WAIT = "200ms"

Item = SentEvent | Rejected
Sender = tuple[int, str]
"""Whose keys share a source: the partner, and the mode of the key."""


class _Place(NamedTuple):
    """
    A single event in a queue, and what whoever brought it is told.

    Its outcome; or who is behind it, to store theirs beside its own; or None: to store it alone.
    """

    item: SentEvent
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
    nor is harmed by what goes wrong there. A single event without a time is stored alone, for its
    time is that of its own coming.

    :raises OperationalError: another held a key for too long.
    """
    outcome = None
    if len(items) == 1 and isinstance(items[0], SentEvent) and items[0].occurred_at is not None:
        outcome = _accept_beside(_Place(items[0], now, Future()), key=key)
    return _accept(items, key=key, now=now) if outcome is None else [outcome]


def _accept_beside(own: _Place, *, key: ApiKey) -> Outcome | None:
    """Return the outcome of an event, None where it has to be stored alone."""
    sender = key.partner_id, key.mode
    behind: Sequence[_Place] = ()
    if _queues.enter(sender, own):
        told = own.told.result()
        if told is None or isinstance(told, Outcome):
            return told
        behind = told
    try:
        return _accept_all([own, *behind], key=key)
    finally:
        _queues.hand_over(sender)


def _accept_all(places: Sequence[_Place], *, key: ApiKey) -> Outcome | None:
    """Store all of them, tell the others what became of theirs, and return that of the first."""
    outcomes: Sequence[Outcome | None] = [None] * len(places)
    try:
        outcomes = _accept(
            [place.item for place in places],
            key=key,
            now=max(place.now for place in places),
            longest_wait=_SHORT_WAIT,
        )
    except Exception as error:
        # Whose fault it is shows when each is stored alone.
        log.warning("events_not_stored_together", events=len(places), error=repr(error))
    finally:
        for place, outcome in zip(places[1:], outcomes[1:], strict=True):
            place.told.set_result(outcome)
    return outcomes[0]


def _accept(
    items: Sequence[Item], *, key: ApiKey, now: datetime, longest_wait: str | None = None
) -> list[Outcome]:
    # Looked up once all have come, so that nobody's is kept by rules older than its coming.
    source = source_of_key(key=key)
    reached("ingest.source_found")
    return accept_events(source=source, items=items, now=now, longest_wait=longest_wait)
