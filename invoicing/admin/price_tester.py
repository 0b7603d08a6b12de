"""The price tester: what some usage would cost by one price, and why."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.admin.pages.buttons import object_url
from accounts.admin.pages.words import quantity_words
from catalog.admin.price import PriceAdmin
from catalog.admin.versions import version_span
from catalog.models import Price, PriceVersion
from catalog.queries.draft_in_place import draft_in_place
from catalog.queries.price_tests import meters_of, price_to_test
from invoicing.admin.preview_words import amount_words, notes, shown_calls, shown_line
from invoicing.admin.tested_price import Asked, TestedPrice, tested_terms, tried
from invoicing.admin.tester_form import TesterForm, initial_values
from invoicing.assembly.preview import Preview
from invoicing.rating.price import PriceKind
from invoicing.rating.versions import version_at
from values.exact import EXACT, plain
from values.money import Rounding
from values.problems import InvalidTerms

NOT_IN_FORCE = "No published version of this price is in force at that time."

admin.site.unregister(Price)


@admin.register(Price)
class TestedPriceAdmin(PriceAdmin):
    """Prices with a page that tries them out."""

    __test__ = False

    def get_urls(self) -> list[URLPattern]:
        tester = path(
            "<int:price_id>/tester/",
            self.admin_site.admin_view(self.tester_view),
            name="catalog_price_tester",
        )
        return [tester, *super().get_urls()]

    def links(self, request: HttpRequest, obj: Price) -> Sequence[tuple[str, str]]:
        tester = reverse("admin:catalog_price_tester", args=[obj.pk])
        return (("Price tester", tester), *super().links(request, obj))

    def tester_view(self, request: HttpRequest, price_id: int) -> HttpResponse:
        """Show what usage would cost by what is published, or by a draft, and why."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            price = price_to_test(price_id=price_id)
        except Price.DoesNotExist as error:
            raise Http404 from error
        drafts = {str(each.pk): each for each in price.versions.all() if not each.published_at}
        draft = drafts.get(request.GET.get("draft", ""))
        seller = price.legal_entity
        try:
            terms = price.terms()
            if draft is not None:
                terms = draft_in_place(draft, now=datetime.now(UTC))(terms)
        except InvalidTerms as error:
            self.message_user(request, str(error), level="error")
            return HttpResponse(status=302, headers={"Location": object_url(self, price)})
        tested = TestedPrice(
            price=terms,
            meters=meters_of(price=price, terms=terms),
            currency=seller.currency,
            rounding=Rounding(seller.invoice_rounding),
            zone=seller.timezone,
            seller_zone=seller.timezone,
        )
        offered = [(pk, _draft_words(each, seller.timezone)) for pk, each in drafts.items()]
        extra = {"drafts": offered, "draft": draft and str(draft.pk)}
        return price_tester_page(self, request, price, tested, extra=extra)


def price_tester_page(
    admin: Any,
    request: HttpRequest,
    original: Any,
    tested: TestedPrice,
    *,
    choices: Sequence[str] = (),
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """
    Return the page with the form and, once it is filled in, the answer of each case.

    `choices` are the codes of the prices to choose from, where there are several.
    """
    asked = "at" in request.GET
    initial = dict(initial_values(tested, now=datetime.now(UTC)))
    form = TesterForm(tested, request.GET if asked else None, initial=initial)
    answers = [_answer(tested, case) for case in form.asked()] if asked and form.is_valid() else []
    context = {
        **admin.admin_site.each_context(request),
        "title": "Price tester",
        "opts": admin.opts,
        "original": original,
        "object_url": object_url(admin, original),
        "tested": tested,
        "choices": choices,
        "form": form,
        "answers": answers,
        "media": admin.media,
        **(extra or {}),
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "admin/invoicing/price_tester.html", context)


def _answer(tested: TestedPrice, asked: Asked) -> dict[str, Any]:
    answer: dict[str, Any] = {"asked": _asked_words(tested, asked)}
    if version_at(tested.price.versions, asked.at) is None:
        return {**answer, "refused": NOT_IN_FORCE}
    try:
        found = tried(tested, asked)
    except InvalidTerms as error:
        return {**answer, "refused": "; ".join(each.message for each in error.problems)}
    return {**answer, **_shown(tested, asked, found)}


def _shown(tested: TestedPrice, asked: Asked, found: Preview) -> dict[str, Any]:
    result = found.result
    own = [line for line in result.lines if line.price == tested.price.code]
    amount = reduce(EXACT.add, (line.amount for line in own), Decimal(0))
    terms = tested_terms(tested, asked)
    return {
        "amount": amount_words(amount, result.currency),
        "lines": [shown_line(line, result, terms, seller_zone=tested.seller_zone) for line in own],
        "calls": shown_calls(found.calls, result.currency),
        "notes": notes(found),
    }


def _asked_words(tested: TestedPrice, asked: Asked) -> str:
    if tested.kind is PriceKind.CALL:
        return ", ".join(quantity_words(value, "second") for value in asked.values)
    if tested.goes_by_value:
        return ", ".join(plain(value) for value in asked.values)
    if asked.values:
        unit = "seat" if tested.kind is PriceKind.SEAT else tested.meter and tested.meter.unit
        return quantity_words(asked.values[0], unit or "")
    return "The month" if asked.days is None else quantity_words(Decimal(asked.days), "day")


def _draft_words(version: PriceVersion, zone: str) -> str:
    return f"The draft {version.name}, {version_span(version, zone)}"
