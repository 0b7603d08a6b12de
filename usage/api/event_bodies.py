"""Events as the API shows them."""

from typing import Any

from rest_framework import serializers

from accounts.api.json_answer import AsSent
from accounts.models import ApiKey
from usage.models import Verdict, event_public_id
from usage.queries.corrections import Correction
from usage.queries.events import ReadingFate
from usage.queries.sent_events import SeenEvent
from values.exact import plain

STATUSES = ("accepted", "quarantined", "void")


class EventCustomerSerializer(serializers.Serializer[Any]):
    """Whose usage it is."""

    id = serializers.CharField()
    external_id = serializers.CharField()


class EventSourceSerializer(serializers.Serializer[Any]):
    """Who sent it."""

    partner = serializers.CharField(allow_null=True, help_text="Null where it was not you.")
    mode = serializers.ChoiceField(["live", "test"])


class EventVoidSerializer(serializers.Serializer[Any]):
    """That an event counts no more."""

    voided_at = serializers.DateTimeField()
    reason = serializers.CharField()
    replaced_by = serializers.CharField(
        allow_null=True, help_text="The event that stands in for it."
    )


class EventSerializer(serializers.Serializer[Any]):
    """An event as it was sent."""

    id = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    customer = EventCustomerSerializer(allow_null=True, help_text="Null in quarantine.")
    # The metaclass moves fields away from the attributes that they seem to hide.
    source = EventSourceSerializer()  # type: ignore[assignment]
    event_name = serializers.CharField()
    idempotency_key = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    event = serializers.DictField(help_text="The body, as its source keeps it.")
    reason = serializers.CharField(required=False, help_text="In quarantine: why, as a code.")
    detail = serializers.CharField(required=False, help_text="In quarantine: why.")
    void = EventVoidSerializer(required=False, help_text="Of one that counts no more.")
    replaces = serializers.CharField(required=False, help_text="The event that it stands in for.")


class MeterFateSerializer(serializers.Serializer[Any]):
    """What one meter counted of an event, and what became of that."""

    meter = serializers.CharField()
    quantity = serializers.CharField()
    unit = serializers.CharField(allow_null=True)
    dimensions = serializers.DictField(child=serializers.CharField())
    absent_group_keys = serializers.ListField(child=serializers.CharField())
    verdict = serializers.ChoiceField(["awaiting", "void", *Verdict.values])
    explanation = serializers.CharField()
    price = serializers.CharField(allow_null=True)
    contract = serializers.CharField(allow_null=True)
    invoice = serializers.CharField(allow_null=True)
    line = serializers.CharField(allow_null=True, help_text="The invoice line that bills it.")
    hint = serializers.DictField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="Values that rates exist for and that differ in case or spaces alone.",
    )


class EventDetailSerializer(EventSerializer):
    """An event and what became of it."""

    meters = MeterFateSerializer(many=True)


_EXPLANATIONS = {
    "awaiting": "Priced within a minute.",
    "void": "The event was taken back; it counts no more.",
    Verdict.RATED: "Billed at the rate of its dimensions.",
    Verdict.FALLBACK: "No rate is for these dimensions; billed at the fallback rate.",
    Verdict.LATE: "Its period was billed before it came.",
    Verdict.NO_RATE: "No rate is for these dimensions; not billed.",
    Verdict.BAD_VALUE: "A value that its price needs is missing or wrong; not billed.",
    Verdict.UNPRICED: "The contract has no price for this meter; not billed.",
    Verdict.NO_CONTRACT: "No contract covers its time; not billed.",
}


def event_body(event: SeenEvent, *, key: ApiKey) -> dict[str, Any]:
    """Return an event for the holder of this key."""
    customer = event.customer
    own = event.source.partner_id == key.partner_id
    body: dict[str, Any] = {
        "id": event.public_id,
        "status": event.status,
        "customer": customer and {"id": customer.public_id, "external_id": customer.external_id},
        "source": {
            "partner": event.source.partner.public_id if own else None,
            "mode": event.source.mode,
        },
        "event_name": event.event_name,
        "idempotency_key": event.idempotency_key,
        "occurred_at": event.occurred_at,
        "received_at": event.received_at,
        "event": AsSent(event.sent),
    }
    if event.reason:
        body["reason"] = event.reason
        body["detail"] = event.detail
    return body | _correction_body(event.correction)


def _correction_body(correction: Correction) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if correction.is_void:
        stands = correction.replaced_by
        body["void"] = {
            "voided_at": correction.voided_at,
            "reason": correction.reason,
            "replaced_by": stands and event_public_id(stands),
        }
    if correction.replaces is not None:
        body["replaces"] = event_public_id(correction.replaces)
    return body


def fate_body(fate: ReadingFate) -> dict[str, Any]:
    """Return what became of an event at one meter."""
    explanation = _EXPLANATIONS[fate.verdict]
    if fate.hint:
        known = ", ".join(f"{name} {value!r}" for name, value in fate.hint.items())
        explanation += f" Rates exist for {known}: is the spelling right?"
    return {
        "meter": fate.meter,
        "quantity": plain(fate.quantity),
        "unit": fate.unit or None,
        "dimensions": fate.dimensions,
        "absent_group_keys": fate.absent,
        "verdict": fate.verdict,
        "explanation": explanation,
        "price": fate.price or None,
        "contract": fate.contract or None,
        "invoice": fate.invoice or None,
        "line": fate.line or None,
        "hint": fate.hint,
    }
