"""What became of sent events, as the API tells it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from rest_framework import serializers

from accounts.api.json_answer import AsSent
from accounts.api.openapi import ProblemErrorSerializer
from accounts.api.problems import ProblemError
from usage.models import event_public_id
from usage.operations.accept_events import Outcome, Status
from usage.operations.accepting.conflicts import MOST_BYTES

_BODIES_LEFT_OUT = (
    "with the bodies of all its conflicts the answer would be too long: sent alone, this event "
    "shows both; GET /api/v1/events/{id} shows what is stored"
)
STATUSES = ("accepted", "duplicate", "conflict", "quarantined", "rejected")
_COUNTERS: dict[str, Status] = {
    "accepted": "accepted",
    "duplicates": "duplicate",
    "conflicts": "conflict",
    "quarantined": "quarantined",
    "rejected": "rejected",
}


class EventResultSerializer(serializers.Serializer[Any]):
    """What became of one event; which members there are follows from `status`."""

    status = serializers.ChoiceField(STATUSES)
    id = serializers.CharField(required=False, help_text="Not for a rejected one.")
    idempotency_key = serializers.CharField(required=False)
    duplicate = serializers.BooleanField(
        required=False, help_text="True: this very event was stored before; nothing changed."
    )
    absent_group_keys = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Group keys of the meter that the event does not have.",
    )
    reason = serializers.CharField(required=False, help_text="Why it is in quarantine: a code.")
    detail = serializers.CharField(
        required=False,
        help_text="Why it is in quarantine; of a conflict without bodies, how to see them.",
    )
    warning = serializers.CharField(required=False)
    # The metaclass moves fields away from the attributes that they seem to hide.
    errors = ProblemErrorSerializer(  # type: ignore[assignment]
        many=True, required=False, help_text="Pointers are relative to the event."
    )
    sent = serializers.DictField(
        required=False,
        help_text="Of a conflict: what you sent now. In a batch the bodies of conflicts are shown "
        f"up to {MOST_BYTES // 1024**2} MB together; one without them says so in `detail`.",
    )
    stored = serializers.DictField(required=False, help_text="Of a conflict: what is stored.")
    sent_hash = serializers.CharField(required=False, help_text="Of every conflict.")
    stored_hash = serializers.CharField(required=False, help_text="Of every conflict.")


class BatchItemResultSerializer(EventResultSerializer):
    """What became of one event of a batch."""

    index = serializers.IntegerField(
        help_text="Its place in `events`, from 0; of NDJSON its line, from 0."
    )


class BatchResultSerializer(serializers.Serializer[Any]):
    """What became of a batch, item by item."""

    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    conflicts = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    rejected = serializers.IntegerField()
    results = BatchItemResultSerializer(many=True)


class ItemError(msgspec.Struct, frozen=True, gc=False):
    """One mistake of an item, its pointer relative to the event."""

    pointer: str
    code: str
    detail: str


class Result(msgspec.Struct, gc=False):
    """What became of one item, ready to be written; members that do not apply are not there."""

    status: Status
    index: int | UnsetType = UNSET
    id: str | UnsetType = UNSET
    idempotency_key: str | UnsetType = UNSET
    duplicate: bool | UnsetType = UNSET
    absent_group_keys: tuple[str, ...] | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    detail: str | UnsetType = UNSET
    sent: msgspec.Raw | UnsetType = UNSET
    stored: msgspec.Raw | UnsetType = UNSET
    sent_hash: str | UnsetType = UNSET
    stored_hash: str | UnsetType = UNSET
    errors: list[ItemError] | UnsetType = UNSET
    warning: str | UnsetType = UNSET


class BatchResult(msgspec.Struct):
    """The counts, and the results in the order of the batch."""

    accepted: int
    duplicates: int
    conflicts: int
    quarantined: int
    rejected: int
    results: list[Result]


def result_of(outcome: Outcome, *, index: int | UnsetType = UNSET, warning: str = "") -> Result:
    """Return the result of one item; `index` is its place in a batch."""
    if outcome.status == "accepted" and not warning and outcome.key is not None:
        # Nearly all of them, so made at once.
        own_id, own_key = event_public_id(outcome.key), outcome.idempotency_key or UNSET
        return Result("accepted", index, own_id, own_key, False, outcome.absent)
    found = Result(outcome.status, index)
    if outcome.key is not None:
        found.id = event_public_id(outcome.key)
    if outcome.idempotency_key is not None:
        found.idempotency_key = outcome.idempotency_key
    match outcome.status:
        case "accepted":
            found.duplicate = False
            found.absent_group_keys = outcome.absent
        case "duplicate":
            found.duplicate = True
        case "quarantined":
            found.duplicate = False
            found.reason, found.detail = outcome.reason, outcome.detail
        case "conflict":
            _show_bodies(found, outcome)
            found.sent_hash = _hash_text(outcome.sent_fingerprint)
            found.stored_hash = _hash_text(outcome.stored_fingerprint)
        case "rejected":
            found.errors = [
                ItemError(fault.pointer, fault.code, fault.detail) for fault in outcome.faults
            ]
    if warning:
        found.warning = warning
    return found


def batch_result(
    outcomes: Sequence[Outcome], *, places: Sequence[int], warnings: Mapping[int, str]
) -> BatchResult:
    """Return what became of a batch; `places` are those of the items, `warnings` by position."""
    counted = Counter([outcome.status for outcome in outcomes])
    return BatchResult(
        **{name: counted[status] for name, status in _COUNTERS.items()},
        results=[
            result_of(outcome, index=place, warning=warnings.get(position, ""))
            for position, (outcome, place) in enumerate(zip(outcomes, places, strict=True))
        ],
    )


def _show_bodies(found: Result, outcome: Outcome) -> None:
    if outcome.sent is None:
        found.detail = _BODIES_LEFT_OUT.format(id=found.id)
    else:
        found.sent, found.stored = _raw(outcome.sent), _raw(outcome.stored)


def both_bodies(outcome: Outcome) -> dict[str, Any]:
    """Return the two events that claim one key, and their hashes."""
    return {
        "sent": AsSent(outcome.sent or "null"),
        "stored": AsSent(outcome.stored or "null"),
        "sent_hash": _hash_text(outcome.sent_fingerprint),
        "stored_hash": _hash_text(outcome.stored_fingerprint),
    }


def errors_of(outcome: Outcome) -> list[ProblemError]:
    """Return why an item was rejected."""
    return [
        ProblemError(fault.code, fault.detail, pointer=fault.pointer) for fault in outcome.faults
    ]


def _raw(body: str | None) -> msgspec.Raw:
    return msgspec.Raw((body or "null").encode())


def _hash_text(fingerprint: int | None) -> str:
    """Return the signed number as 16 hexadecimal digits: JSON readers round long numbers."""
    return "" if fingerprint is None else f"{fingerprint & (1 << 64) - 1:016x}"
