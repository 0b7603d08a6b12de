"""The stored parts of the price book that a preview names: published versions alone."""

from django.conf import settings
from django.db.models import Prefetch, Q

from accounts.models import LegalEntity
from catalog.models import Plan, Price, PriceVersion, RateCard, RateCardVersion
from plan_file.format.preview_book import Named, PreviewBook
from plan_file.queries.price_book import stored_plan, stored_price, stored_rate_card
from usage.models import Meter
from values.money import Rounding


def preview_book(*, seller: LegalEntity, named: Named) -> PreviewBook:
    """
    Return what these codes mean to the seller, in a fixed number of queries.

    A plan brings its prices and they their rate cards; all meters are read, as prices of
    performance name theirs in their terms.
    """
    plans = {
        row.code: stored_plan(row)
        for row in Plan.objects.filter(legal_entity=seller, code__in=named.plans).prefetch_related(
            "items__price", "grants"
        )
    }
    listed = {code for plan in plans.values() for code in plan.prices}
    prices = {
        price.terms.code: price.terms
        for row in _prices(seller, named.prices | listed)
        if (price := stored_price(row)).terms.versions
    }
    complete = {code: plan for code, plan in plans.items() if set(plan.prices) <= set(prices)}
    meters = {
        row.code: row.terms() for row in Meter.objects.filter(legal_entity=seller).order_by("code")
    }
    return PreviewBook(
        currency=seller.currency,
        timezone=seller.timezone,
        rounding=Rounding(seller.invoice_rounding),
        meters=meters,
        rate_cards={
            row.code: stored_rate_card(row) for row in _rate_cards(seller, named.rate_cards)
        },
        prices=prices,
        plans=complete,
        codes={"meters": tuple(meters), **_codes(seller, set(plans) - set(complete))},
        currencies=tuple(settings.CURRENCIES),
    )


def _codes(seller: LegalEntity, incomplete: set[str]) -> dict[str, tuple[str, ...]]:
    published = Q(versions__published_at__isnull=False)
    prices = Price.objects.filter(published, legal_entity=seller).order_by("code").distinct()
    cards = RateCard.objects.filter(legal_entity=seller).order_by("code")
    plans = Plan.objects.filter(legal_entity=seller).exclude(code__in=incomplete).order_by("code")
    return {
        "prices": tuple(prices.values_list("code", flat=True)),
        "rate_cards": tuple(cards.values_list("code", flat=True)),
        "plans": tuple(plans.values_list("code", flat=True)),
    }


def _prices(seller: LegalEntity, codes: frozenset[str]) -> list[Price]:
    versions = (
        PriceVersion.objects.exclude(published_at=None)
        .select_related("rate_card__meter", "price__legal_entity")
        .prefetch_related("rate_card__versions__entries")
    )
    found = Price.objects.filter(legal_entity=seller, code__in=codes)
    return list(
        found.select_related("meter", "product", "legal_entity").prefetch_related(
            Prefetch("versions", queryset=versions)
        )
    )


def _rate_cards(seller: LegalEntity, codes: frozenset[str]) -> list[RateCard]:
    versions = RateCardVersion.objects.exclude(published_at=None).prefetch_related("entries")
    found = RateCard.objects.filter(legal_entity=seller, code__in=codes).select_related("meter")
    return list(found.prefetch_related(Prefetch("versions", queryset=versions)))
