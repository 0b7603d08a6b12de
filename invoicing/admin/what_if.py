"""What a customer's last period would have cost by another plan, or by a draft."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.admin.pages.buttons import object_url
from accounts.admin.pages.tables import may_see
from accounts.admin.pages.words import span_words
from catalog.admin.versions import version_span
from catalog.models import Plan, PriceVersion
from contracts.models import Contract
from contracts.queries.terms import with_terms
from invoicing.admin.preview_words import amount_words, shown_line
from invoicing.queries.what_if import (
    Draft,
    WhatIf,
    drafts_to_compare,
    plan_to_compare,
    plans_to_compare,
    unstated,
    what_if,
)
from invoicing.rating.lines import Line
from values.exact import NotExact, exact_decimal
from values.problems import InvalidTerms

OFFERED_AT_MOST = 200


def what_if_page(admin: Any, request: HttpRequest, contract_id: int) -> HttpResponse:
    """Show the lines of the last period side by side; nothing is written."""
    if not admin.has_view_permission(request) or not may_see(request.user, "invoicing.invoice"):
        raise PermissionDenied
    contract = with_terms(Contract.objects.filter(pk=contract_id)).first()
    if contract is None:
        raise Http404
    plans = list(plans_to_compare(contract=contract)[:OFFERED_AT_MOST])
    drafts = {_draft_name(each): each for each in drafts_to_compare(contract=contract)}
    against = request.GET.get("against", "")
    context = {
        **admin.admin_site.each_context(request),
        "title": "What if",
        "opts": admin.opts,
        "original": contract,
        "object_url": object_url(admin, contract),
        "plans": [(_plan_name(plan), plan.name) for plan in plans],
        "drafts": [(name, _draft_words(each)) for name, each in drafts.items()],
        "against": against,
        "media": admin.media,
    }
    if against:
        plan = next((each for each in plans if _plan_name(each) == against), None)
        context |= _answer(contract, plan, drafts.get(against), request.GET)
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "admin/invoicing/what_if.html", context)


def _answer(
    contract: Contract, plan: Plan | None, draft: Draft | None, entered: Mapping[str, str]
) -> dict[str, Any]:
    if plan is None and draft is None:
        return {"refused": "Choose one of the plans or drafts; that one is not among them."}
    try:
        if plan is not None:
            plan = plan_to_compare(contract=contract, plan_id=plan.pk)
        names = unstated(contract=contract, plan=plan) if plan else []
        counted = [(f"counted_{n}", name) for n, name in enumerate(names)]
        boxes = [(box, name, entered.get(box, "0")) for box, name in counted]
        quantities = {name: _quantity(text) for _, name, text in boxes}
        found = what_if(
            contract=contract, now=datetime.now(UTC), plan=plan, draft=draft, quantities=quantities
        )
    except (InvalidTerms, NotExact) as error:
        return {"refused": str(error)}
    return {"counted": boxes, "compared": _shown(contract, found)}


def _quantity(text: str) -> Decimal:
    number = exact_decimal(text.strip() or "0")
    if number < 0:
        raise NotExact(f"{text} is negative: a plan counts 0 or more")
    return number


def _shown(contract: Contract, found: WhatIf) -> dict[str, Any]:
    currency = found.old.currency
    return {
        "period": span_words(found.period.start, found.period.end, contract.customer.timezone),
        "is_whole": found.is_whole,
        "rows": [
            {
                "description": (line.new or line.old).description,  # type: ignore[union-attr]
                "old": _side(line.old, found.old, found.old_terms, contract),
                "new": _side(line.new, found.new, found.new_terms, contract),
                **change_words(line.difference, currency),
            }
            for line in found.lines
        ],
        "old": amount_words(found.old.subtotal, currency),
        "new": amount_words(found.new.subtotal, currency),
        **change_words(found.difference, currency),
    }


def _side(line: Line | None, result: Any, terms: Any, contract: Contract) -> dict[str, Any] | None:
    if line is None:
        return None
    zone = contract.customer.legal_entity.timezone
    return shown_line(line, result, terms, seller_zone=zone)


def change_words(difference: Decimal, currency: str) -> dict[str, str]:
    """Return a difference with its sign, the word for it and its tone."""
    if not difference:
        return {"change": amount_words(Decimal(0), currency), "word": "same", "tone": ""}
    sign, word, tone = (
        ("+", "more", "change-up") if difference > 0 else ("−", "less", "change-down")
    )
    return {
        "change": f"{sign}{amount_words(abs(difference), currency)}", "word": word, "tone": tone,
    }  # fmt: skip


def _plan_name(plan: Plan) -> str:
    return f"plan-{plan.pk}"


def _draft_name(draft: Draft) -> str:
    return f"{'price' if isinstance(draft, PriceVersion) else 'card'}-{draft.pk}"


def _draft_words(draft: Draft) -> str:
    owner = draft.price if isinstance(draft, PriceVersion) else draft.rate_card
    return f"{owner}, {version_span(draft, owner.legal_entity.timezone)}"
