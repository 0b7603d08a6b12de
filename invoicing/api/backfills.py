"""`/api/v1/backfills`: usage of the past, staged, previewed, closed, discarded or undone."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import problem_kinds as kinds
from accounts.api.authentication import key_of
from accounts.api.openapi import answers, page_of
from accounts.api.paging import DEFAULT_LIMIT, LIMIT, cursor_parameter, page
from accounts.api.parameters import Parameter, instant, one_of, read_parameters
from accounts.api.problems import ApiProblem
from accounts.models import Scope
from accounts.queries.partner_customers import partner_customer, partner_customers
from invoicing.api.backfill_bodies import (
    BackfillPreviewSerializer,
    BackfillSerializer,
    NewBackfillSerializer,
    backfill_body,
    preview_body,
)
from invoicing.api.subject_bodies import invalid, read_members, text_of
from invoicing.operations.effect_of_backfill import (
    AlreadyInvoiced,
    effect_of_backfill,
    undo_backfill,
)
from usage.api.bodies import JSON, NDJSON, read_body
from usage.api.event_keys import batch_items, idempotency_header
from usage.api.event_results import BatchResultSerializer, batch_result
from usage.api.rate_limits import RateLimited, take
from usage.api.sending import EventBatchSerializer, read_items
from usage.models import Backfill, Source
from usage.operations.backfills.close_backfill import SomeWereRefused, start_closing
from usage.operations.backfills.open_backfill import (
    AnotherIsOpen,
    NotInThatState,
    discard_backfill,
    open_backfill,
)
from usage.operations.backfills.stage_events import stage_events
from usage.operations.source_of_key import source_of_key
from usage.tasks import walk_backfill
from values.period import Period

_LISTED = (LIMIT, cursor_parameter(UUID))
_MEMBERS = ("start", "end", "customer", "event_name", "replaces_existing", "reason")


class BackfillCollection(RateLimited):
    """Backfills: open one, list them."""

    required_scope = {"GET": Scope.EVENTS_WRITE, "POST": Scope.EVENTS_WRITE}

    @extend_schema(
        operation_id="list_backfills",
        summary="List backfills",
        parameters=[parameter.documented() for parameter in _LISTED],
        responses=answers(page_of(BackfillSerializer)),
        tags=["backfills"],
    )
    def get(self, request: Request) -> Response:
        """The latest first."""
        asked = read_parameters(request, _LISTED)
        limit = asked["limit"] or DEFAULT_LIMIT
        found = _own(request).order_by("-uid")
        if asked["cursor"]:
            found = found.filter(uid__lt=asked["cursor"][0])
        return Response(
            page(
                found[: limit + 1],
                limit=limit,
                position=lambda backfill: (str(backfill.uid),),
                shown=lambda kept: [backfill_body(backfill) for backfill in kept],
            )
        )

    @extend_schema(
        operation_id="open_backfill",
        summary="Open a backfill",
        description="Of your events in a time, of one customer and event name or of all. With "
        "`replaces_existing` those of that time and filter that you do not send become void when "
        "it is closed. 409: another of yours is open for a part of it.",
        request=NewBackfillSerializer,
        responses=answers(BackfillSerializer, 409, 411, 413, 415, 422, 429, status=201),
        tags=["backfills"],
    )
    def post(self, request: Request) -> Response:
        """Open it; nothing counts before it is closed."""
        read_parameters(request, ())
        body = read_members(request, _MEMBERS)
        key, reference = key_of(request), body.get("customer")
        customer = reference and partner_customer(key=key, reference=text_of(body, "customer"))
        if reference and customer is None:
            raise invalid("/customer", "not_found", "no customer of yours has this id")
        replaces = body.get("replaces_existing", False)
        if not isinstance(replaces, bool):
            raise invalid("/replaces_existing", "not_a_flag", "replaces_existing is true or false")
        with_name = body.get("event_name") is not None
        try:
            backfill = open_backfill(
                source=source_of_key(key=key),
                customer=customer or None,
                span=_span(body),
                event_name=text_of(body, "event_name") if with_name else "",
                replaces_existing=replaces,
                reason=text_of(body, "reason"),
                now=timezone.now(),
                opened_with=key,
            )
        except AnotherIsOpen as error:
            raise ApiProblem(kinds.NOT_NOW, str(error)) from error
        return Response(backfill_body(backfill), status=201)


class BackfillDetail(APIView):
    """One backfill."""

    required_scope = {"GET": Scope.EVENTS_WRITE}

    @extend_schema(
        operation_id="read_backfill",
        summary="Read a backfill",
        responses=answers(BackfillSerializer, 404),
        tags=["backfills"],
    )
    def get(self, request: Request, backfill: str) -> Response:
        """Its state, and how far it is."""
        read_parameters(request, ())
        return Response(backfill_body(_found(request, backfill)))


class BackfillEvents(RateLimited):
    """Events of a backfill."""

    brings_usage = True
    required_scope = {"POST": Scope.EVENTS_WRITE}

    @extend_schema(
        operation_id="stage_events",
        summary="Send events of a backfill",
        description="Bodies and results as of `/events/batch`; each idempotency key is staged "
        "once. `accepted` says that it is staged and could be counted as things are now.",
        request={JSON: EventBatchSerializer, NDJSON: OpenApiTypes.STR},
        responses=answers(BatchResultSerializer, 404, 409, 411, 413, 415, 422, 429),
        tags=["backfills"],
    )
    def post(self, request: Request, backfill: str) -> HttpResponse:
        """Stage a batch; a bad event costs only itself."""
        read_parameters(request, ())
        found, header = _found(request, backfill), idempotency_header(request)
        read = read_items(read_body(request, accepted=(JSON, NDJSON)))
        take(self, request, events=len(read.items))
        keyed = batch_items(read, header=header, requires_key=True)
        try:
            outcomes = stage_events(backfill_id=found.pk, items=keyed.items, now=timezone.now())
        except NotInThatState as error:
            raise ApiProblem(kinds.NOT_NOW, str(error)) from error
        result = batch_result(outcomes, places=read.places, warnings=keyed.warnings)
        return HttpResponse(msgspec.json.encode(result), content_type=JSON)


class BackfillPreview(RateLimited):
    """What closing would come to: a read that costs as much as a write, and counts as one."""

    required_scope = {"GET": Scope.EVENTS_WRITE}

    @extend_schema(
        operation_id="preview_backfill",
        summary="Preview a backfill",
        responses=answers(BackfillPreviewSerializer, 404, 409, 429),
        tags=["backfills"],
    )
    def get(self, request: Request, backfill: str) -> Response:
        """Its counts once closed, and open invoices before and after; nothing is changed."""
        read_parameters(request, ())
        found, key = _found(request, backfill), key_of(request)
        take(self, request, requests=1)
        try:
            effect = effect_of_backfill(backfill=found, now=timezone.now(), clock=time.monotonic)
        except NotInThatState as error:
            raise ApiProblem(kinds.NOT_NOW, str(error)) from error
        visible = set(partner_customers(key=key).values_list("pk", flat=True))
        with_money = Scope.INVOICES_READ.value in key.scopes
        return Response(preview_body(effect, visible=visible, with_money=with_money))


_DESPITE = Parameter(
    "despite_refused",
    "true: close it, though events that were sent to it were refused and what they were to "
    "replace becomes void.",
    one_of("true", "false"),
    choices=("true", "false"),
)


def _change(
    name: str,
    summary: str,
    change: Callable[..., Backfill],
    parameters: Sequence[Parameter] = (),
) -> type[RateLimited]:
    """Return the view of an address that brings a backfill into another state."""

    class Changing(RateLimited):
        required_scope = {"POST": Scope.EVENTS_WRITE}

        @extend_schema(
            operation_id=f"{name}_backfill",
            summary=summary,
            parameters=[parameter.documented() for parameter in parameters],
            request=None,
            responses=answers(BackfillSerializer, 404, 409, 429, status=202),
            tags=["backfills"],
        )
        def post(self, request: Request, backfill: str) -> Response:
            """Sent again it answers the same; long work goes on in the background."""
            asked = read_parameters(request, parameters)
            flags = {parameter.name: asked[parameter.name] == "true" for parameter in parameters}
            found = _found(request, backfill)
            try:
                with transaction.atomic():
                    changed = change(backfill_id=found.pk, now=timezone.now(), **flags)
                    # Without a broker the failure is logged; the scheduler finds it later.
                    transaction.on_commit(lambda: walk_backfill.delay(found.pk), robust=True)
            except SomeWereRefused as error:
                raise ApiProblem(
                    kinds.NOT_NOW, f"{error} For that send close?{_DESPITE.name}=true."
                ) from error
            except (NotInThatState, AlreadyInvoiced) as error:
                raise ApiProblem(kinds.NOT_NOW, str(error)) from error
            return Response(backfill_body(changed), status=202)

    Changing.__name__ = f"Backfill{name.capitalize()}"
    return Changing


BackfillClose = _change("close", "Close a backfill", start_closing, (_DESPITE,))
BackfillDiscard = _change("discard", "Throw a backfill away", discard_backfill)
BackfillUndo = _change("undo", "Undo a closed backfill", undo_backfill)


def _own(request: Request) -> QuerySet[Backfill]:
    key = key_of(request)
    source = Source.objects.filter(partner=key.partner_id, mode=key.mode)
    return Backfill.objects.filter(source__in=source).select_related("customer")


def _found(request: Request, text: str) -> Backfill:
    uid = Backfill.uid_of(text)
    found = None if uid is None else _own(request).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def _span(body: Any) -> Period:
    start, end = (_time(body, name) for name in ("start", "end"))
    if start >= end:
        raise invalid("/end", "out_of_range", "the end is after the start")
    return Period(start, end)


def _time(body: Any, name: str) -> datetime:
    value = body.get(name)
    try:
        if isinstance(value, str) and 2000 <= instant(value).year <= 9998:
            return instant(value).astimezone(UTC)
    except ValueError:
        pass
    raise invalid(f"/{name}", "not_a_time", f"{name} is a time with an offset, from 2000 on")
