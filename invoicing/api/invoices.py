"""`/api/v1/invoices`: invoices, their lines, the events behind a line, the PDF."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import problem_kinds as kinds
from accounts.api.authentication import key_of
from accounts.api.json_answer import AnswerRenderer, AsSent
from accounts.api.looks import key_look
from accounts.api.openapi import answers, page_of
from accounts.api.paging import DEFAULT_LIMIT, LIMIT, cursor_parameter, page
from accounts.api.parameters import Parameter, instant, not_found, one_of, read_parameters
from accounts.api.problems import ApiProblem
from accounts.models import Scope
from accounts.queries.partner_customers import partner_customer
from invoicing.api.invoice_bodies import (
    InvoiceDetailSerializer,
    InvoiceSerializer,
    invoice_body,
    invoice_detail_body,
)
from invoicing.models import InvoiceDocument, InvoiceLine, InvoiceState
from invoicing.queries.line_usage import usage_of_line
from invoicing.queries.partner_invoices import (
    invoices_after,
    partner_invoice,
    partner_invoice_line,
    partner_invoices,
)
from usage.queries.events import CountedEvent, counted_events
from values.exact import plain
from values.identifiers import parse_public_id

_STATES = tuple(InvoiceState.values)
_PARAMETERS = (
    Parameter("customer", "Our id or the external id of a customer."),
    Parameter("state", "", one_of(*_STATES), choices=_STATES),
    Parameter("period_start[gte]", "Begins at or after this.", instant, OpenApiTypes.DATETIME),
    Parameter("period_start[lt]", "Begins before this.", instant, OpenApiTypes.DATETIME),
    LIMIT,
    cursor_parameter(instant, UUID),
)
_LINE_EVENT_PARAMETERS = (LIMIT, cursor_parameter(instant, UUID))


class LineEventSerializer(serializers.Serializer[Any]):
    """An event behind a line, with what the line's meter counted of it."""

    id = serializers.CharField()
    idempotency_key = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    quantity = serializers.CharField()
    event = serializers.DictField(help_text="The body, as its source keeps it.")


class PdfRenderer(BaseRenderer):
    """Lets a caller accept application/pdf; the document goes out as it is stored."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None
    render_style = "binary"


class InvoiceList(APIView):
    """The invoices of the partner's customers."""

    required_scope = {"GET": Scope.INVOICES_READ}

    @extend_schema(
        operation_id="list_invoices",
        summary="List invoices",
        parameters=[parameter.documented() for parameter in _PARAMETERS],
        responses=answers(page_of(InvoiceSerializer)),
        tags=["invoices"],
    )
    def get(self, request: Request) -> Response:
        """The latest period first."""
        key = key_of(request)
        asked = read_parameters(request, _PARAMETERS)
        limit = asked["limit"] or DEFAULT_LIMIT
        invoices = partner_invoices(key=key)
        if asked["customer"] is not None:
            customer = partner_customer(key=key, reference=asked["customer"])
            if customer is None:
                raise not_found("customer", "no customer of yours has this id")
            invoices = invoices.filter(customer=customer)
        if asked["state"] is not None:
            invoices = invoices.filter(state=asked["state"])
        if asked["period_start[gte]"] is not None:
            invoices = invoices.filter(period_start__gte=asked["period_start[gte]"])
        if asked["period_start[lt]"] is not None:
            invoices = invoices.filter(period_start__lt=asked["period_start[lt]"])
        return Response(
            page(
                invoices_after(invoices, asked["cursor"])[: limit + 1],
                limit=limit,
                position=lambda invoice: (invoice.period_start.isoformat(), str(invoice.uid)),
                shown=lambda kept: [invoice_body(invoice) for invoice in kept],
            )
        )


class InvoiceDetail(APIView):
    """One invoice."""

    required_scope = {"GET": Scope.INVOICES_READ}

    @extend_schema(
        operation_id="read_invoice",
        summary="Read an invoice with its lines",
        responses=answers(InvoiceDetailSerializer, 404),
        tags=["invoices"],
    )
    def get(self, request: Request, invoice: str) -> Response:
        """With lines, taxes, and the credit that it draws."""
        read_parameters(request, ())
        found = partner_invoice(key=key_of(request), public_id=invoice)
        if found is None:
            raise Http404
        return Response(invoice_detail_body(found))


class InvoiceLineEvents(APIView):
    """The events behind a line."""

    required_scope = {"GET": Scope.EVENTS_READ}

    @extend_schema(
        operation_id="list_events_of_invoice_line",
        summary="List the events behind an invoice line",
        parameters=[parameter.documented() for parameter in _LINE_EVENT_PARAMETERS],
        responses=answers(page_of(LineEventSerializer), 404),
        tags=["invoices"],
    )
    def get(self, request: Request, invoice: str, line: str) -> Response:
        """
        Those that the line's quantity is counted from, the earliest first.

        Of a line that takes all combinations of its meter (tiers, calls, what is included) all
        events of its time; a fee has none.
        """
        asked = read_parameters(request, _LINE_EVENT_PARAMETERS)
        limit = asked["limit"] or DEFAULT_LIMIT
        uid = parse_public_id(line, prefix=InvoiceLine.id_prefix)
        found = uid and partner_invoice_line(key=key_of(request), invoice_id=invoice, line_uid=uid)
        if not found:
            raise Http404
        events = _events_of(found, after=asked["cursor"], limit=limit + 1)
        key_look(request, rows=len(events[:limit]), asked=line, customer=found.invoice.customer)
        return Response(
            page(
                events,
                limit=limit,
                position=lambda event: (event.occurred_at.isoformat(), str(event.key)),
                shown=lambda kept: [_event_body(event) for event in kept],
            )
        )


class InvoicePdf(APIView):
    """The document of an issued invoice."""

    required_scope = {"GET": Scope.INVOICES_READ}
    renderer_classes = [AnswerRenderer, PdfRenderer]

    @extend_schema(
        operation_id="read_invoice_pdf",
        summary="Read an invoice's PDF",
        responses=answers(OpenApiTypes.BINARY, 404, 409),
        tags=["invoices"],
    )
    def get(self, request: Request, invoice: str) -> HttpResponse:
        """The document as it was made and mailed."""
        read_parameters(request, ())
        found = partner_invoice(key=key_of(request), public_id=invoice)
        if found is None:
            raise Http404
        document = InvoiceDocument.objects.filter(invoice=found).first()
        if document is None:
            raise ApiProblem(
                kinds.NOT_READY,
                "The PDF of this invoice is being made."
                if found.state == InvoiceState.ISSUED
                else "An invoice gets its PDF when it is issued.",
            )
        return HttpResponse(
            bytes(document.content),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{found.number}.pdf"'},
        )


def _events_of(
    line: InvoiceLine, *, after: tuple[Any, UUID] | None, limit: int
) -> list[CountedEvent]:
    usage = usage_of_line(line=line)
    if usage is None:
        return []
    return counted_events(
        customer_id=usage.customer_id,
        meter_id=usage.meter_id,
        dimensions_id=usage.dimensions_id,
        start=usage.start,
        end=usage.end,
        snapshot=usage.snapshot,
        after=after,
        limit=limit,
    )


def _event_body(event: CountedEvent) -> dict[str, Any]:
    return {
        "id": event.public_id,
        "idempotency_key": event.idempotency_key,
        "occurred_at": event.occurred_at,
        "quantity": plain(event.quantity),
        "event": AsSent(event.sent),
    }
