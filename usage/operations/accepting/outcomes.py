"""Telling each item what became of it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from usage.intake.sent_event import Rejected, SentEvent, event_key_of
from usage.models import Source
from usage.operations.accepting.door import says_the_same
from usage.operations.accepting.outcome import Outcome, Prepared
from usage.store import store


def outcomes_of(
    *,
    source: Source,
    items: Sequence[SentEvent | Rejected],
    prepared: Sequence[Prepared | Rejected],
    first: Mapping[UUID, Prepared],
    known: Mapping[UUID, int],
) -> list[Outcome]:
    """
    Return an outcome for each item, in order, read in the transaction that stored them.

    `first` are those that were to be stored, by key; `known` the fingerprints of the keys among
    them that were taken already.
    """
    if not known and len(first) == len(items):
        # Each came once, and is new: there is nothing to compare.
        return [_stored(item) for item in first.values()]
    keys = [_key(source, *pair) for pair in zip(items, prepared, strict=True)]
    # What a meter refuses today may have been stored when it did not: the key decides.
    refused = [
        key
        for key, item in zip(keys, prepared, strict=True)
        if key is not None and isinstance(item, Rejected) and key not in first
    ]
    taken = {**known, **store.fingerprints(refused)} if refused else known
    return [
        _outcome(event, item, key, first=first, taken=taken)
        for event, item, key in zip(items, prepared, keys, strict=True)
    ]


def _key(source: Source, event: SentEvent | Rejected, item: Prepared | Rejected) -> UUID | None:
    if isinstance(item, Prepared):
        return item.key
    if isinstance(event, Rejected):
        return None
    return event_key_of(source.pk, event.idempotency_key or "")


def _outcome(
    event: SentEvent | Rejected,
    item: Prepared | Rejected,
    key: UUID | None,
    *,
    first: Mapping[UUID, Prepared],
    taken: Mapping[UUID, int],
) -> Outcome:
    if isinstance(event, Rejected) or key is None:
        return Outcome("rejected", faults=item.faults if isinstance(item, Rejected) else ())
    if key in taken:
        return _known_outcome(event, key, taken[key])
    if isinstance(item, Rejected):
        return Outcome("rejected", faults=item.faults)
    earlier = first[key]
    if earlier is not item:
        return _known_outcome(event, key, earlier.sent.mark, earlier.sent.text)
    return _stored(item)


def _stored(item: Prepared) -> Outcome:
    return Outcome(
        "quarantined" if item.reason else "accepted",
        item.key,
        item.sent.idempotency_key,
        reason=item.reason,
        detail=item.detail,
        absent=item.absent,
    )


def _known_outcome(
    event: SentEvent, key: UUID, stored_fingerprint: int, stored: str | None = None
) -> Outcome:
    if says_the_same(event, stored_fingerprint):
        return Outcome("duplicate", key, event.idempotency_key)
    return Outcome(
        "conflict",
        key,
        event.idempotency_key,
        sent=event.text,
        stored=stored,
        sent_fingerprint=event.mark,
        stored_fingerprint=stored_fingerprint,
    )
