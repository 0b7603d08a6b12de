"""`/api/v1/events`: what was sent, and what became of it."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import key_of
from accounts.api.looks import key_look
from accounts.api.openapi import answers, page_of
from accounts.api.paging import DEFAULT_LIMIT, LIMIT, cursor_parameter, page
from accounts.api.parameters import Parameter, instant, not_found, one_of, read_parameters
from accounts.models import ApiKey, Customer, Scope
from accounts.queries.partner_customers import partner_customer, partner_customers
from usage.api.archived_events import no_such_event, tell_archived
from usage.api.event_bodies import (
    STATUSES,
    EventDetailSerializer,
    EventSerializer,
    event_body,
    fate_body,
)
from usage.api.event_corrections import amend_sent_event, void_sent_event
from usage.api.rate_limits import RateLimited
from usage.api.sending import send_event, send_events
from usage.models import Meter, event_key
from usage.queries.events import reading_fates
from usage.queries.sent_events import EventFilter, seen_event, seen_events

_PARAMETERS = (
    Parameter("customer", "Our id or the external id of a customer."),
    Parameter("event_name", "The name exactly as it was sent."),
    Parameter("meter", "The code of a meter that counts the event."),
    Parameter("occurred_at[gte]", "At or after this time.", instant, OpenApiTypes.DATETIME),
    Parameter("occurred_at[lt]", "Before this time.", instant, OpenApiTypes.DATETIME),
    Parameter(
        "status", "Counted, in quarantine, or taken back.", one_of(*STATUSES), choices=STATUSES
    ),
    LIMIT,
    cursor_parameter(instant, UUID),
)


class EventCollection(RateLimited):
    """Events: send one, list them."""

    brings_usage = True
    events_at_once = 1
    required_scope = {"GET": Scope.EVENTS_READ, "POST": Scope.EVENTS_WRITE}

    @extend_schema(
        operation_id="list_events",
        summary="List events",
        parameters=[parameter.documented() for parameter in _PARAMETERS],
        responses=answers(page_of(EventSerializer)),
        tags=["events"],
    )
    def get(self, request: Request) -> Response:
        """The latest first: events of your customers, and yours that are in quarantine."""
        key = key_of(request)
        asked = read_parameters(request, _PARAMETERS)
        limit = asked["limit"] or DEFAULT_LIMIT
        wanted = EventFilter(
            customer=_customer(key, asked["customer"]),
            event_name=asked["event_name"],
            meter_ids=_meter_ids(key, asked["meter"]),
            since=asked["occurred_at[gte]"],
            before=asked["occurred_at[lt]"],
            status=asked["status"],
        )
        found = seen_events(key=key, wanted=wanted, after=asked["cursor"], limit=limit + 1)
        key_look(request, rows=len(found[:limit]), customer=wanted.customer)
        answer = Response(
            page(
                found,
                limit=limit,
                position=lambda event: (event.occurred_at.isoformat(), str(event.key)),
                shown=lambda kept: [event_body(event, key=key) for event in kept],
            )
        )
        if len(found) <= limit:
            tell_archived(answer, start=wanted.since, end=wanted.before)
        return answer

    post = send_event


class EventBatch(RateLimited):
    """Many events in one request."""

    brings_usage = True
    required_scope = {"POST": Scope.EVENTS_WRITE}
    post = send_events


class EventDetail(RateLimited):
    """One event: read it, or send what it should have said."""

    brings_usage = True
    events_at_once = 1
    required_scope = {"GET": Scope.EVENTS_READ, "PUT": Scope.EVENTS_WRITE}
    put = amend_sent_event

    @extend_schema(
        operation_id="read_event",
        summary="Read an event and what became of it",
        responses=answers(EventDetailSerializer, 404),
        tags=["events"],
    )
    def get(self, request: Request, event: str) -> Response:
        """What each meter counted of it, and the invoice line that bills it or why none does."""
        read_parameters(request, ())
        key, wanted = key_of(request), event_key(event)
        found = None if wanted is None else seen_event(key=key, event_key=wanted)
        if found is None:
            raise no_such_event()
        key_look(request, rows=1, asked=found.public_id, customer=found.customer)
        fates = reading_fates(keys=[found.key]).get(found.key, [])
        return Response(
            {**event_body(found, key=key), "meters": [fate_body(fate) for fate in fates]}
        )


class EventVoiding(RateLimited):
    """Taking an event back."""

    required_scope = {"POST": Scope.EVENTS_WRITE}
    post = void_sent_event


def _customer(key: ApiKey, reference: str | None) -> Customer | None:
    if reference is None:
        return None
    found = partner_customer(key=key, reference=reference)
    if found is None:
        raise not_found("customer", "no customer of yours has this id")
    return found


def _meter_ids(key: ApiKey, code: str | None) -> list[int] | None:
    if code is None:
        return None
    sellers = partner_customers(key=key).values("legal_entity")
    found = Meter.objects.filter(code=code, legal_entity__in=sellers).values_list("pk", flat=True)
    if not found:
        raise not_found("meter", "there is no meter of this code")
    return list(found)
