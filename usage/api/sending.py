"""`POST /api/v1/events` and `/events/batch`: usage in, each event exactly once."""

from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api import problem_kinds as kinds
from accounts.api.authentication import key_of
from accounts.api.openapi import answers
from accounts.api.parameters import read_parameters
from accounts.api.problems import ApiProblem, ProblemError
from usage.api.bodies import JSON, NDJSON, Body, not_json, read_body
from usage.api.event_keys import KeyedItems, batch_items, idempotency_header, single_item
from usage.api.event_results import (
    BatchResult,
    BatchResultSerializer,
    EventResultSerializer,
    Result,
    batch_result,
    both_bodies,
    errors_of,
    result_of,
)
from usage.api.rate_limits import RateLimited, take
from usage.intake.batch_body import NotABatch, ReadItems, TooMuch, read_batch, read_lines
from usage.intake.json_body import NotJson
from usage.intake.quick_event import read_item
from usage.models import event_public_id
from usage.operations.accept_events import Outcome
from usage.operations.accept_together import accept_together
from usage.operations.accepting.conflicts import with_bodies
from usage.store import store
from values.failpoints import reached

_STATUS = {"accepted": 201, "quarantined": 202, "duplicate": 200}

_HEADER = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The key of events that bring none: this text itself for a single event, in a "
    "batch this text, a colon and the event's index.",
)
_ENCODING = OpenApiParameter(
    "Content-Encoding",
    str,
    OpenApiParameter.HEADER,
    enum=["gzip", "identity"],
    description="gzip: the body is packed; 5 MB packed, 20 MB unpacked.",
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
    """Up to 10,000 events, 5 MB, 1,000,000 values."""

    events = SentEventSerializer(many=True)


@extend_schema(
    operation_id="send_event",
    summary="Send an event",
    description="201: stored. 200: this very event was stored before. 202: stored in quarantine, "
    "with the reason. 409: its key is taken by another event.",
    parameters=[_HEADER, _ENCODING],
    request=SentEventSerializer,
    responses=answers(
        EventResultSerializer, 409, 411, 413, 415, 422, 429, status=201,
        also={200: EventResultSerializer, 202: EventResultSerializer},
    ),
    examples=[OpenApiExample("A call", _EXAMPLE, request_only=True)],
    tags=["events"],
)  # fmt: skip
def send_event(view: RateLimited, request: Request) -> HttpResponse:
    """Store one event: the method `post` of a view."""
    read_parameters(request, ())
    header = idempotency_header(request)
    try:
        item = read_item(read_body(request).content)
    except NotJson as error:
        raise not_json(error) from error
    requires_key = key_of(request).partner.requires_event_keys
    keyed = single_item(item, header=header, requires_key=requires_key)
    (outcome,) = _accepted(request, keyed)
    if outcome.status == "rejected":
        raise ApiProblem(
            kinds.EVENT_REJECTED,
            "; ".join(fault.detail for fault in outcome.faults),
            errors=errors_of(outcome),
        )
    if outcome.status == "conflict":
        raise _conflict(outcome)
    assert outcome.key is not None
    return _answer(
        result_of(outcome, warning=keyed.warnings.get(0, "")),
        status=_STATUS[outcome.status],
        headers={"Location": f"/api/v1/events/{event_public_id(outcome.key)}"},
    )


@extend_schema(
    operation_id="send_events",
    summary="Send a batch of events",
    description="Each event is taken or refused for itself; the answer says what became of each. "
    "As `application/x-ndjson` one event a line: a line that is no JSON is refused alone.",
    parameters=[_HEADER, _ENCODING],
    request={JSON: EventBatchSerializer, NDJSON: OpenApiTypes.STR},
    responses=answers(BatchResultSerializer, 411, 413, 415, 422, 429),
    examples=[
        OpenApiExample("One call", {"events": [_EXAMPLE]}, request_only=True, media_type=JSON)
    ],
    tags=["events"],
)
def send_events(view: RateLimited, request: Request) -> HttpResponse:
    """Store a batch of events: the method `post` of a view."""
    read_parameters(request, ())
    header = idempotency_header(request)
    read = read_items(read_body(request, accepted=(JSON, NDJSON)))
    take(view, request, events=len(read.items))
    requires_key = key_of(request).partner.requires_event_keys
    keyed = batch_items(read, header=header, requires_key=requires_key)
    outcomes = _accepted(request, keyed)
    return _answer(batch_result(outcomes, places=read.places, warnings=keyed.warnings))


def _accepted(request: Request, keyed: KeyedItems) -> list[Outcome]:
    reached("ingest.decoded")
    outcomes = accept_together(key=key_of(request), items=keyed.items, now=timezone.now())
    reached("ingest.committed")
    return with_bodies(outcomes, kept=store)


def read_items(body: Body) -> ReadItems:
    """
    Return the items of a batch, whichever of the two media types it has.

    :raises ApiProblem: it is no batch, or too large a one.
    """
    read = read_lines if body.media_type == NDJSON else read_batch
    try:
        return read(body.content)
    except NotJson as error:
        raise not_json(error) from error
    except TooMuch as error:
        raise ApiProblem(kinds.TOO_LARGE, str(error)) from error
    except NotABatch as error:
        fault = error.fault
        raise ApiProblem(
            kinds.INVALID_BODY,
            f"{fault.detail[0].upper()}{fault.detail[1:]}.",
            errors=[ProblemError(fault.code, fault.detail, pointer=fault.pointer)],
        ) from error


def _answer(
    result: Result | BatchResult, *, status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    encoded = msgspec.json.encode(result)
    reached("ingest.answered")
    return HttpResponse(encoded, status=status, content_type=JSON, headers=headers)


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
