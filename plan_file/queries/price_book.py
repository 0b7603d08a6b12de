"""Rows of the price book as the values of a plan file: published versions alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from catalog.models import Plan, Price, RateCard
from invoicing.rating import rate_card as card_terms
from invoicing.rating.rate_card import RateEntry
from plan_file.format import plans
from plan_file.format.prices import CatalogPrice
from values.calendar import BillingInterval


def stored_rate_card(row: RateCard) -> card_terms.RateCard:
    """Return the card, the keys of its matches in the order of the meter's group keys."""
    card = row.terms()
    group_keys = row.meter.group_keys
    return replace(
        card,
        versions=tuple(
            replace(version, entries=in_key_order(version.entries, group_keys))
            for version in card.versions
        ),
    )


def in_key_order(entries: Sequence[RateEntry], group_keys: Sequence[str]) -> tuple[RateEntry, ...]:
    """Return the entries with their matches' keys in one order; the database keeps none."""
    places = {name: place for place, name in enumerate(group_keys)}

    def place(name: str) -> tuple[int, str]:
        return places.get(name, len(places)), name

    return tuple(
        replace(entry, match={name: entry.match[name] for name in sorted(entry.match, key=place)})
        for entry in entries
    )


def stored_price(row: Price) -> CatalogPrice:
    """Return the price in its published versions, earliest first."""
    return CatalogPrice(terms=row.terms(), product=row.product.code if row.product else None)


def stored_plan(row: Plan) -> plans.Plan:
    """Return the plan with its prices in their order."""
    return plans.Plan(
        code=row.code,
        name=row.name,
        currency=row.currency,
        billing_period=BillingInterval(row.billing_period),
        net_terms_days=row.net_terms_days,
        autopay=row.autopay,
        prices=tuple(item.price.code for item in row.items.all()),
        grace_hours=row.grace_hours,
        minimum_commitment=row.minimum_commitment,
        commitment_tax_code=row.commitment_tax_code or None,
        grants=tuple(grant.terms() for grant in row.grants.all()),
    )


def is_complete(plan: Plan, prices: Mapping[str, CatalogPrice]) -> bool:
    """Return whether every price of the plan has a published version."""
    return all(item.price.code in prices for item in plan.items.all())
