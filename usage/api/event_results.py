"""What became of sent events, as the API tells it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from accounts.api.json_answer import AsSent
from accounts.api.openapi import ProblemErrorSerializer
from accounts.api.problems import ProblemError
from usage.models import event_public_id
from usage.operations.accept_events import Outcome, Status

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
    detail = serializers.CharField(required=False)
    warning = serializers.CharField(required=False)
    # The metaclass moves fields away from the attributes that they seem to hide.
    errors = ProblemErrorSerializer(  # type: ignore[assignment]
        many=True, required=False, help_text="Pointers are relative to the event."
    )
    sent = serializers.DictField(required=False, help_text="Of a conflict: what you sent now.")
    stored = serializers.DictField(required=False, help_text="Of a conflict: what is stored.")
    sent_hash = serializers.CharField(required=False)
    stored_hash = serializers.CharField(required=False)


class BatchItemResultSerializer(EventResultSerializer):
    """What became of one event of a batch."""

    index = serializers.IntegerField(help_text="Its place in `events`, from 0.")


class BatchResultSerializer(serializers.Serializer[Any]):
    """What became of a batch, item by item."""

    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    conflicts = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    rejected = serializers.IntegerField()
    results = BatchItemResultSerializer(many=True)


def result_of(outcome: Outcome, *, warning: str = "") -> dict[str, Any]:
    """Return the result of one item."""
    found: dict[str, Any] = {"status": outcome.status}
    if outcome.key is not None:
        found["id"] = event_public_id(outcome.key)
    if outcome.idempotency_key is not None:
        found["idempotency_key"] = outcome.idempotency_key
    match outcome.status:
        case "accepted":
            found["duplicate"] = False
            found["absent_group_keys"] = list(outcome.absent)
        case "duplicate":
            found["duplicate"] = True
        case "quarantined":
            found["duplicate"] = False
            found["reason"] = outcome.reason
            found["detail"] = outcome.detail
        case "conflict":
            found.update(both_bodies(outcome))
        case "rejected":
            found["errors"] = [error.as_json() for error in errors_of(outcome)]
    if warning:
        found["warning"] = warning
    return found


def batch_result(outcomes: Sequence[Outcome], warnings: Sequence[str]) -> dict[str, Any]:
    """Return the counts and the results in the order of the batch."""
    counted = Counter(outcome.status for outcome in outcomes)
    results = [
        {"index": index, **result_of(outcome, warning=warning)}
        for index, (outcome, warning) in enumerate(zip(outcomes, warnings, strict=True))
    ]
    counts = {name: counted[status] for name, status in _COUNTERS.items()}
    return {**counts, "results": results}


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


def _hash_text(fingerprint: int | None) -> str:
    """Return the signed number as 16 hexadecimal digits: JSON readers round long numbers."""
    return "" if fingerprint is None else f"{fingerprint & (1 << 64) - 1:016x}"
