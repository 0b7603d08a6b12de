"""`POST /api/v1/price-preview`: these prices and this usage; the lines and why they are so."""

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import problem_kinds as kinds
from accounts.api.authentication import key_of
from accounts.api.openapi import answers
from accounts.api.parameters import Parameter, not_found, read_parameters
from accounts.models import LegalEntity, Scope
from accounts.queries.partner_sellers import partner_sellers
from invoicing.assembly.preview import preview
from plan_file.api.bodies import read_json_tree
from plan_file.api.preview_bodies import (
    PreviewRequestSerializer,
    PreviewSerializer,
    preview_body,
)
from plan_file.api.refusals import refusal
from plan_file.format.preview_book import PreviewBook, named_codes
from plan_file.format.preview_request import PreviewRequest, read_preview
from plan_file.queries.preview_book import preview_book
from usage.api.rate_limits import RateLimited
from values.fields import Place
from values.problems import InvalidTerms

_LEGAL_ENTITY = Parameter("legal_entity", "Whose price book, where several bill your customers.")
_USAGE = {
    "meter": "AI_CALL",
    "dimensions": {"region": "US", "call_outcome": "resolved"},
    "quantity": "13",
}
_BY_CODE = {"price": "ai-call", "period": {"from": "2024-11-01"}, "usage": [_USAGE]}
_IN_FULL = {
    "price": {
        "code": "minutes",
        "kind": "usage",
        "meter": "MINUTES",
        "model": "graduated",
        "tiers": [
            {"up_to": "1000", "unit_price": "0.20"},
            {"up_to": None, "unit_price": "0.15"},
        ],
    },
    "meters": [
        {"code": "MINUTES", "event_name": "call", "aggregation": "sum", "property": "minutes"}
    ],
    "currency": "USD",
    "usage": [{"meter": "MINUTES", "quantity": "1284"}],
}


class PricePreview(RateLimited):
    """What usage would cost."""

    required_scope = {"POST": Scope.PRICES_READ}

    @extend_schema(
        operation_id="preview_price",
        summary="Preview a price or a plan",
        description="By the function that bills. Nothing is stored: neither the prices nor the "
        "usage. The period is a first one of a contract: what is due once stands in it, "
        "allowances and the plan's credits begin full; taxes are left out.",
        parameters=[_LEGAL_ENTITY.documented()],
        request=PreviewRequestSerializer,
        responses=answers(PreviewSerializer, 411, 413, 415, 422, 429),
        examples=[
            OpenApiExample("A price of the book", _BY_CODE, request_only=True),
            OpenApiExample("A price that is not there yet", _IN_FULL, request_only=True),
        ],
        tags=["prices"],
    )
    def post(self, request: Request) -> Response:
        """Return the lines of one period, each with the sentence and steps that explain it."""
        asked = read_parameters(request, (_LEGAL_ENTITY,))
        seller = _seller(partner_sellers(key=key_of(request)), asked["legal_entity"])
        tree, problems = read_json_tree(request)
        book = PreviewBook(currencies=tuple(settings.CURRENCIES))
        if seller is not None:
            book = preview_book(seller=seller, named=named_codes(tree))
        question = _question(Place(tree, (), problems), book)
        try:
            found = preview(
                terms=question.terms,
                billed=question.billed,
                quantities=question.quantities,
                events=question.events,
                grants=question.grants,
            )
        except InvalidTerms as error:
            raise refusal(kinds.INVALID_BODY, error.problems, and_so="nothing is priced") from error
        return Response(preview_body(found, question))


def _question(place: Place, book: PreviewBook) -> PreviewRequest:
    """:raises ApiProblem: with every mistake of the body."""
    question = read_preview(place, book, now=timezone.now())
    if question is None or place.problems:
        raise refusal(kinds.INVALID_BODY, place.problems, and_so="nothing is priced")
    return question


def _seller(sellers: list[LegalEntity], code: str | None) -> LegalEntity | None:
    """Return whose book is meant; None where nobody bills a customer of the key."""
    named = [seller for seller in sellers if code in (None, seller.code)]
    if len(named) == 1:
        return named[0]
    if code is not None:
        raise not_found("legal_entity", "no legal entity of this code bills your customers")
    if not sellers:
        return None
    codes = ", ".join(seller.code for seller in sellers)
    raise not_found("legal_entity", f"choose one of those that bill your customers: {codes}")
