"""The price tester of a contract: its prices as agreed."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from contracts.models import Contract
from contracts.queries.terms import contract_terms, with_terms
from invoicing.admin.price_tester import price_tester_page
from invoicing.admin.tested_price import TestedPrice
from values.problems import InvalidTerms


def contract_tester(admin: Any, request: HttpRequest, contract_id: int) -> HttpResponse:
    """Show what usage would cost under a contract, and why."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    contract = with_terms(Contract.objects.filter(pk=contract_id)).first()
    if contract is None:
        raise Http404
    try:
        terms = contract_terms(contract)
    except InvalidTerms as error:
        admin.message_user(request, str(error), level="error")
        return redirect("admin:contracts_contract_change", contract_id)
    prices = {price.code: price for price in terms.prices}
    price = prices.get(request.GET.get("price", ""), next(iter(prices.values()), None))
    if price is None:
        admin.message_user(request, "The plan has no prices.", level="error")
        return redirect("admin:contracts_contract_change", contract_id)
    tested = TestedPrice(
        price=price,
        meters=terms.meters,
        currency=terms.currency,
        rounding=terms.rounding,
        zone=contract.customer.timezone,
        seller_zone=contract.customer.legal_entity.timezone,
    )
    choices = list(prices) if len(prices) > 1 else ()
    return price_tester_page(admin, request, contract, tested, choices=choices)
