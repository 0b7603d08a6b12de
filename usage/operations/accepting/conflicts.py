"""The bodies that conflicts show: of all in a request no more than one answer holds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from msgspec.structs import replace

from usage.operations.accepting.outcome import Outcome

MOST_BYTES = 10 * 1024 * 1024
"""
Of the bodies in an answer, in UTF-8: all of a batch as large as may be sent, and what is stored.

Of one event alone both bodies are shown, however long. Of many, ten thousand small ones may be in
conflict with one of megabytes, and the stored ones be as long as that each.
"""


class Bodies(Protocol):
    """Where the bodies are that were kept before: the usage store, or what a backfill staged."""

    def bodies(self, keys: Sequence[UUID]) -> Mapping[UUID, str]:
        """Return the bodies of these keys."""

    def body_bytes(self, keys: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return how long in UTF-8 they are, without reading them."""


def with_bodies(outcomes: Sequence[Outcome], *, kept: Bodies) -> list[Outcome]:
    """
    Return the outcomes of a request, their conflicts with the bodies that they show.

    A conflict comes with what was sent, and with the other body where that is in the request
    itself. One whose two do not fit beside those of the conflicts before it loses them.
    """
    told = list(outcomes)
    conflicts = {place: each for place, each in enumerate(told) if each.status == "conflict"}
    if not conflicts:
        return told
    shown = conflicts if len(told) == 1 else _fitting(conflicts, kept)
    stored = kept.bodies(_keys_to_look_up(shown.values()))
    for place, each in conflicts.items():
        if place not in shown:
            told[place] = replace(each, sent=None, stored=None)
        elif each.stored is None and each.key is not None:
            told[place] = replace(each, stored=stored.get(each.key))
    return told


def _fitting(conflicts: Mapping[int, Outcome], kept: Bodies) -> dict[int, Outcome]:
    lengths = dict(kept.body_bytes(_keys_to_look_up(conflicts.values())))
    fitting = {}
    left = MOST_BYTES
    for place, each in conflicts.items():
        assert each.key is not None
        if each.key not in lengths:
            lengths[each.key] = _bytes(each.stored)
        length = _bytes(each.sent) + lengths[each.key]
        if length <= left:
            left -= length
            fitting[place] = each
    return fitting


def _keys_to_look_up(conflicts: Iterable[Outcome]) -> list[UUID]:
    return sorted({each.key for each in conflicts if each.key and each.stored is None})


def _bytes(body: str | None) -> int:
    return len((body or "").encode())
