"""What invoicing adds to publishing: who would pay more and who less, on real usage."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from djmoney.money import Money

from accounts.admin.pages.buttons import Button
from accounts.admin.pages.tables import may_see
from accounts.admin.pages.words import money_words, span_words
from catalog.models import PriceVersion, RateCardVersion
from contracts.admin.publishing import AgreedPriceVersionAdmin, AgreedRateCardVersionAdmin
from invoicing.queries.price_change_preview import (
    COMPUTED_AT_MOST,
    ContractEffect,
    PriceChangePreview,
    price_change_preview,
)
from values.exact import plain

SHOWN_AT_MOST = 50
_TONES = {"more": "change-up", "less": "change-down", "same": ""}


def _previewed(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
    return tuple(
        replace(
            button, facts=_with_effects(button.facts), facts_template="admin/catalog/publish.html"
        )
        if button.name == "publish"
        else button
        for button in buttons
    )


def _with_effects(
    facts: Callable[[Any, HttpRequest, Any], dict[str, Any]] | None,
) -> Callable[[Any, HttpRequest, Any], dict[str, Any]]:
    def gathered(admin_: Any, request: HttpRequest, version: Any) -> dict[str, Any]:
        stated = {} if facts is None else facts(admin_, request, version)
        if not may_see(request.user, "invoicing.invoice"):
            return stated
        preview = price_change_preview(version=version, now=datetime.now(UTC))
        return {**stated, "effects": _shown(preview)}

    return gathered


def _shown(preview: PriceChangePreview) -> dict[str, Any]:
    # The largest rises and the largest falls; those in between move least.
    effects = preview.effects
    if len(effects) > SHOWN_AT_MOST:
        far = sorted(effects, key=lambda effect: -abs(effect.difference))[:SHOWN_AT_MOST]
        effects = tuple(effect for effect in effects if effect in far)
    return {
        "counts": preview.counts,
        "rows": [_row(effect) for effect in effects],
        "hidden": len(preview.effects) - len(effects),
        "totals": [
            {
                "currency": total.currency,
                "old": money_words(Money(total.old, total.currency)),
                "new": money_words(Money(total.new, total.currency)),
                **_change(total.old, total.new, total.currency),
            }
            for total in preview.totals
        ],
        "unused": preview.unused,
        "refused": preview.refused,
        "left_out": preview.left_out,
        "computed_at_most": COMPUTED_AT_MOST,
    }


def _row(effect: ContractEffect) -> dict[str, Any]:
    contract = effect.contract
    return {
        "customer": contract.customer.name,
        "plan": contract.plan.name,
        "link": reverse("admin:contracts_contract_change", args=[contract.pk]),
        "period": span_words(effect.period.start, effect.period.end, contract.customer.timezone),
        "is_whole": effect.is_whole,
        "old": money_words(Money(effect.old, effect.currency)),
        "new": money_words(Money(effect.new, effect.currency)),
        **_change(effect.old, effect.new, effect.currency),
    }


def _change(old: Decimal, new: Decimal, currency: str) -> dict[str, str]:
    difference = new - old
    word = "same" if not difference else "more" if difference > 0 else "less"
    sign = {"more": "+", "less": "−", "same": ""}[word]
    percent = ""
    if old and difference:
        percent = f"{sign}{plain(abs(difference * 100 / old).quantize(Decimal('0.1')))} %"
    return {
        "change": f"{sign}{money_words(Money(abs(difference), currency))}",
        "percent": percent,
        "word": word,
        "tone": _TONES[word],
    }


admin.site.unregister(RateCardVersion)
admin.site.unregister(PriceVersion)


@admin.register(RateCardVersion)
class PreviewedRateCardVersionAdmin(AgreedRateCardVersionAdmin):
    """Versions of rate cards; publishing shows whom it would touch."""

    buttons = _previewed(AgreedRateCardVersionAdmin.buttons)


@admin.register(PriceVersion)
class PreviewedPriceVersionAdmin(AgreedPriceVersionAdmin):
    """Versions of prices; publishing shows whom it would touch."""

    buttons = _previewed(AgreedPriceVersionAdmin.buttons)
