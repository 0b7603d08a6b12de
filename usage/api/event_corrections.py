"""`POST /api/v1/events/{id}/void` and `PUT /api/v1/events/{id}`: taking back and amending."""

from typing import Any

import msgspec
from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import problem_kinds as kinds
from accounts.api.authentication import key_of
from accounts.api.openapi import answers
from accounts.api.parameters import Parameter, read_parameters
from accounts.api.problems import ApiProblem, ProblemError
from usage.api.archived_events import no_such_event
from usage.api.bodies import JSON, not_json, read_body
from usage.api.event_bodies import EventSerializer, event_body
from usage.api.event_results import EventResultSerializer, both_bodies, errors_of, result_of
from usage.api.rate_limits import RateLimited
from usage.intake.json_body import NotJson, read_json
from usage.intake.quick_event import read_item
from usage.intake.sent_event import Rejected
from usage.models import Event, QuarantinedEvent, event_key, event_public_id
from usage.operations.accepting.outcome import Outcome
from usage.operations.amend_event import amend_event
from usage.operations.discard_event import discard_event
from usage.operations.replay_quarantined import NotInQuarantine
from usage.operations.source_of_key import source_of_key
from usage.operations.void_event import void_event
from usage.queries.corrections import NOT_CORRECTED, corrections_of
from usage.queries.sent_events import own_event, seen_event

LONGEST_REASON = 500
_REASON = Parameter("reason", "Why it is amended; kept with the event.")
_WAITS = (
    "The event waits in quarantine and is billed by nobody: void it, and send the right one "
    "under a key of its own."
)


class VoidReasonSerializer(serializers.Serializer[Any]):
    """Why an event is taken back."""

    reason = serializers.CharField(max_length=LONGEST_REASON)


@extend_schema(
    operation_id="void_event",
    summary="Take an event back",
    description="It stays and counts no more: open invoices lose it within a minute. What an "
    "issued one billed of it is told as late usage of less than nothing, which is settled by hand "
    "and given back by no invoice. One that waits in quarantine is discarded. Sent again it "
    "answers the same. Only events of your own.",
    request=VoidReasonSerializer,
    responses=answers(EventSerializer, 404, 409, 411, 413, 415, 422, 429),
    tags=["events"],
)
def void_sent_event(view: RateLimited, request: Request, event: str) -> Response:
    """Void or discard: the method `post` of a view."""
    read_parameters(request, ())
    own = _own_event(request, event)
    reason = _read_reason(request)
    _refuse_replaced(own)
    if isinstance(own, QuarantinedEvent):
        try:
            discard_event(key=own.key, reason=reason, now=timezone.now())
        except NotInQuarantine as error:
            raise ApiProblem(
                kinds.NOT_NOW, "The event was replayed at this moment; ask again."
            ) from error
    else:
        void_event(key=own.key, reason=reason, now=timezone.now())
    seen = seen_event(key=key_of(request), event_key=own.key)
    if seen is None:
        raise Http404
    return Response(event_body(seen, key=key_of(request)))


@extend_schema(
    operation_id="amend_event",
    summary="Amend an event",
    description="The body is the event as it should have been, with the same idempotency key or "
    "none. A new event with an id of its own stands in for the old one, which counts no more. "
    "201: stored. 200: it was amended like this before, or nothing is different. 409: it is "
    "void, or amended in another way; amend what stands in for it. 422: it cannot be read, "
    "attributed or counted. An amendment never goes to quarantine: neither of the two would be "
    "billed then, so the old one counts until the new one can.",
    parameters=[_REASON.documented()],
    request={JSON: {"type": "object"}},
    responses=answers(
        EventResultSerializer, 404, 409, 411, 413, 415, 422, 429, status=201,
        also={200: EventResultSerializer},
    ),
    tags=["events"],
)  # fmt: skip
def amend_sent_event(view: RateLimited, request: Request, event: str) -> HttpResponse:
    """Store what an event should have said: the method `put` of a view."""
    asked = read_parameters(request, (_REASON,))
    own = _own_event(request, event)
    try:
        item = read_item(read_body(request).content)
    except NotJson as error:
        raise not_json(error) from error
    if isinstance(item, Rejected):
        raise _rejected(Outcome("rejected", faults=item.faults))
    if isinstance(own, QuarantinedEvent):
        raise ApiProblem(kinds.NOT_NOW, _WAITS)
    outcome = amend_event(
        event=own,
        body=item,
        reason=asked["reason"] or "amended by its sender",
        now=timezone.now(),
    )
    return _amended(outcome)


def _own_event(request: Request, text: str) -> Event | QuarantinedEvent:
    wanted = event_key(text)
    source = source_of_key(key=key_of(request))
    found = None if wanted is None else own_event(source=source, event_key=wanted)
    # Of a customer that the key sees no more, every verb answers as a read does.
    if found is None or seen_event(key=key_of(request), event_key=found.key) is None:
        raise no_such_event()
    return found


def _refuse_replaced(own: Event | QuarantinedEvent) -> None:
    replaced_by = corrections_of(keys=[own.key]).get(own.key, NOT_CORRECTED).replaced_by
    if replaced_by is not None:
        stands = event_public_id(replaced_by)
        raise ApiProblem(
            kinds.NOT_NOW,
            f"Another event stands in for it; void that one: {stands}.",
            extra={"replaced_by": stands},
        )


def _read_reason(request: Request) -> str:
    try:
        body = read_json(read_body(request).content)
    except NotJson as error:
        raise not_json(error) from error
    if not isinstance(body, dict):
        raise _invalid("", "not_an_object", 'the body is a JSON object: {"reason": "…"}')
    for name in body:
        if name != "reason":
            raise _invalid("", "unknown_field", "the body holds nothing but the reason")
    reason = body.get("reason")
    if not isinstance(reason, str) or not reason.strip() or "\x00" in reason:
        raise _invalid("/reason", "required", "reason is a text that is not empty")
    if len(reason) > LONGEST_REASON:
        raise _invalid("/reason", "too_long", f"reason has more than {LONGEST_REASON} characters")
    return reason


def _invalid(pointer: str, code: str, detail: str) -> ApiProblem:
    return ApiProblem(
        kinds.INVALID_BODY,
        f"{detail[0].upper()}{detail[1:]}.",
        errors=[ProblemError(code, detail, pointer=pointer)],
    )


def _amended(outcome: Outcome) -> HttpResponse:
    if outcome.status == "rejected":
        raise _rejected(outcome)
    assert outcome.key is not None
    stands = event_public_id(outcome.key)
    if outcome.status == "conflict":
        raise ApiProblem(
            kinds.EVENT_CONFLICT,
            f"The event is amended already, with another body; amend that one: {stands}.",
            extra={"id": stands, **both_bodies(outcome)},
        )
    return HttpResponse(
        msgspec.json.encode(result_of(outcome)),
        status=201 if outcome.status == "accepted" else 200,
        content_type=JSON,
        headers={"Location": f"/api/v1/events/{stands}"},
    )


def _rejected(outcome: Outcome) -> ApiProblem:
    if any(fault.code in ("void", "not_stored") for fault in outcome.faults):
        return ApiProblem(kinds.NOT_NOW, "The event is void; it cannot be amended any more.")
    return ApiProblem(
        kinds.EVENT_REJECTED,
        "; ".join(fault.detail for fault in outcome.faults),
        errors=errors_of(outcome),
    )
