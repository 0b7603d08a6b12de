"""`POST /api/v1/events` and `/events/batch`: usage in, each event exactly once."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import problem_kinds as kinds
from accounts.api.authentication import key_of
from accounts.api.openapi import answers
from accounts.api.parameters import read_parameters
from accounts.api.problems import ApiProblem, ProblemError
from usage.api.bodies import read_body
from usage.api.event_keys import KeyedItem, batch_items, idempotency_header, single_item
from usage.api.event_results import (
    BatchResultSerializer,
    EventResultSerializer,
    batch_result,
    both_bodies,
    errors_of,
    result_of,
)
from usage.intake.json_body import TwiceNamed
from usage.models import event_public_id
from usage.operations.accept_events import Outcome, accept_events
from usage.operations.source_of_key import source_of_key

MAXIMUM_ITEMS = 10_000
_STATUS = {"accepted": 201, "quarantined": 202, "duplicate": 200}

_HEADER = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The key of events that bring none: this text itself for a single event, in a "
    "batch this text, a colon and the event's index.",
)
_EXAMPLE = {
    "customer_id": "acme",
    "event_name": "ai_call",
    "idempotency_key": "call-1001",
    "occurred_at": "2024-11-05T10:00:00Z",
    "properties": {"duration_minutes": 5, "region": "US", "call_outcome": "resolved"},
}


class SentEventSerializer(serializers.Serializer[Any]):
    """An event: who used what, when. Unknown members are refused."""

    customer_id = serializers.CharField(
        required=False, help_text="Our id, your external id, or a subject that the customer holds."
    )
    customer = serializers.CharField(required=False, help_text="The same as customer_id.")
    event_name = serializers.CharField()
    idempotency_key = serializers.CharField(
        required=False, help_text="Unique among your events for ever."
    )
    occurred_at = serializers.DateTimeField(
        required=False, help_text="With an offset; without it the time of receipt."
    )
    properties = serializers.DictField(required=False)


class EventBatchSerializer(serializers.Serializer[Any]):
    """Up to 10,000 events, 5 MB."""

    events = SentEventSerializer(many=True)


@extend_schema(
    operation_id="send_event",
    summary="Send an event",
    description="201: stored. 200: this very event was stored before. 202: stored in quarantine, "
    "with the reason. 409: its key is taken by another event.",
    parameters=[_HEADER],
    request=SentEventSerializer,
    responses=answers(
        EventResultSerializer, 409, 411, 413, 415, 422, status=201,
        also={200: EventResultSerializer, 202: EventResultSerializer},
    ),
    examples=[OpenApiExample("A call", _EXAMPLE, request_only=True)],
    tags=["events"],
)  # fmt: skip
def send_event(view: APIView, request: Request) -> Response:
    """Store one event: the method `post` of a view."""
    read_parameters(request, ())
    header = idempotency_header(request)
    keyed = single_item(
        read_body(request), header=header, requires_key=key_of(request).partner.requires_event_keys
    )
    (outcome,) = _accepted(request, [keyed])
    if outcome.status == "rejected":
        raise ApiProblem(
            kinds.EVENT_REJECTED,
            "; ".join(fault.detail for fault in outcome.faults),
            errors=errors_of(outcome),
        )
    if outcome.status == "conflict":
        raise _conflict(outcome)
    assert outcome.key is not None
    address = f"/api/v1/events/{event_public_id(outcome.key)}"
    return Response(
        result_of(outcome, warning=keyed.warning),
        status=_STATUS[outcome.status],
        headers={"Location": address},
    )


@extend_schema(
    operation_id="send_events",
    summary="Send a batch of events",
    description="Each event is taken or refused for itself; the answer says what became of each.",
    parameters=[_HEADER],
    request=EventBatchSerializer,
    responses=answers(BatchResultSerializer, 411, 413, 415, 422),
    examples=[OpenApiExample("One call", {"events": [_EXAMPLE]}, request_only=True)],
    tags=["events"],
)
def send_events(view: APIView, request: Request) -> Response:
    """Store a batch of events: the method `post` of a view."""
    read_parameters(request, ())
    header = idempotency_header(request)
    keyed = batch_items(
        _events_of(read_body(request)),
        header=header,
        requires_key=key_of(request).partner.requires_event_keys,
    )
    outcomes = _accepted(request, keyed)
    return Response(batch_result(outcomes, [item.warning for item in keyed]))


def _accepted(request: Request, keyed: Sequence[KeyedItem]) -> list[Outcome]:
    return accept_events(
        source=source_of_key(key=key_of(request)),
        items=[item.event for item in keyed],
        now=timezone.now(),
    )


def _events_of(body: Any) -> list[Any]:
    if not isinstance(body, dict):
        raise _bad_batch("", "not_an_object", 'a batch is a JSON object: {"events": [...]}')
    if isinstance(body, TwiceNamed):
        raise _bad_batch("", "duplicate_key", "a name stands twice beside events")
    unknown = [name for name in body if name != "events"]
    if unknown:
        raise _bad_batch("", "unknown_field", "a batch holds nothing but events")
    events = body.get("events")
    if not isinstance(events, list):
        raise _bad_batch("/events", "not_a_list", "events is a list")
    if not events:
        raise _bad_batch("/events", "empty", "events holds at least one event")
    if len(events) > MAXIMUM_ITEMS:
        raise ApiProblem(
            kinds.TOO_LARGE,
            f"The batch has {len(events)} events; the limit is {MAXIMUM_ITEMS}. Send several.",
        )
    return events


def _bad_batch(pointer: str, code: str, detail: str) -> ApiProblem:
    return ApiProblem(
        kinds.INVALID_BODY,
        f"{detail[0].upper()}{detail[1:]}.",
        errors=[ProblemError(code, detail, pointer=pointer)],
    )


def _conflict(outcome: Outcome) -> ApiProblem:
    assert outcome.key is not None
    return ApiProblem(
        kinds.EVENT_CONFLICT,
        f"The key {outcome.idempotency_key} was sent before with another body; "
        "the stored event stays.",
        extra={
            "id": event_public_id(outcome.key),
            "idempotency_key": outcome.idempotency_key,
            **both_bodies(outcome),
        },
    )
