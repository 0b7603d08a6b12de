"""`/api/v1/customers`: whose usage a partner may send and whose invoices it may read."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import key_of
from accounts.api.openapi import answers, page_of
from accounts.api.paging import DEFAULT_LIMIT, LIMIT, cursor_parameter, page
from accounts.api.parameters import read_parameters
from accounts.models import Customer, Scope
from accounts.queries.partner_customers import partner_customer, partner_customers

_PARAMETERS = (LIMIT, cursor_parameter(UUID))


class CustomerSerializer(serializers.Serializer[Customer]):
    """A customer of the partner."""

    id = serializers.CharField(source="public_id")
    external_id = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    legal_entity = serializers.CharField(source="legal_entity.code")
    brand = serializers.CharField(source="brand.code")
    timezone = serializers.CharField()
    is_sandbox = serializers.BooleanField()
    test_clock_now = serializers.DateTimeField(
        source="test_clock.now_at",
        default=None,
        allow_null=True,
        help_text="The time by the sandbox customer's own clock.",
    )
    created_at = serializers.DateTimeField()


class CustomerList(APIView):
    """The partner's customers, in the key's mode."""

    required_scope = {"GET": Scope.CUSTOMERS_READ}

    @extend_schema(
        operation_id="list_customers",
        summary="List customers",
        parameters=[parameter.documented() for parameter in _PARAMETERS],
        responses=answers(page_of(CustomerSerializer)),
        tags=["customers"],
    )
    def get(self, request: Request) -> Response:
        """The oldest first."""
        asked = read_parameters(request, _PARAMETERS)
        limit = asked["limit"] or DEFAULT_LIMIT
        customers = (
            partner_customers(key=key_of(request))
            .select_related("legal_entity", "brand")
            .order_by("uid")
        )
        if asked["cursor"]:
            customers = customers.filter(uid__gt=asked["cursor"][0])
        return Response(
            page(
                customers[: limit + 1],
                limit=limit,
                position=lambda customer: (str(customer.uid),),
                shown=lambda kept: [CustomerSerializer(customer).data for customer in kept],
            )
        )


class CustomerDetail(APIView):
    """One customer, by our id or its external id."""

    required_scope = {"GET": Scope.CUSTOMERS_READ}

    @extend_schema(
        operation_id="read_customer",
        summary="Read a customer",
        responses=answers(CustomerSerializer, 404),
        tags=["customers"],
    )
    def get(self, request: Request, customer: str) -> Response:
        """By our id (`cus_…`) or by the external id."""
        read_parameters(request, ())
        found = partner_customer(key=key_of(request), reference=customer)
        if found is None:
            raise Http404
        return Response(CustomerSerializer(found).data)
