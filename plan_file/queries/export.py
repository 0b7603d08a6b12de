"""What the database holds, as a plan file: published versions and activated contracts."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from accounts.models import Customer, LegalEntity, Partner
from catalog.models import Plan, Price, PriceVersion, RateCard, RateCardVersion
from contracts.models import Contract
from invoicing.models import Grant
from invoicing.rating.rate_card import RateCard as CardTerms
from invoicing.rating.terms.per_unit import PerUnit
from plan_file.format import customers as format_customers
from plan_file.format.document import Document, Seller
from plan_file.format.plans import Plan as PlanTerms
from plan_file.format.prices import CatalogPrice
from plan_file.queries.agreements import (
    stored_address,
    stored_contract,
    stored_credit,
    stored_subject,
)
from plan_file.queries.price_book import is_complete, stored_plan, stored_price, stored_rate_card
from usage.metering.meter import Meter as MeterTerms
from usage.models import Meter
from values.money import Rounding


class NoSuchSeller(ValueError):
    """No legal entity is meant, or several could be."""


class NoSuchCustomer(ValueError):
    """There is no customer of this id that may be seen."""


def exported_document(
    *,
    legal_entity_code: str | None = None,
    customer: str | None = None,
    partner: Partner | None = None,
) -> Document:
    """
    Return the seller's whole book, or one customer (our id or its external id) with what it needs.

    With a `partner` only that partner's customers are in it. Drafts are left out: versions
    that are not published, plans with a price that has none, contracts that are not active.
    Parts come by code (contracts by start), prices of a plan and entries by position. The
    number of queries does not depend on their number.

    :raises NoSuchSeller: none has the code, or without it there is not exactly one.
    :raises NoSuchCustomer:
    """
    buyers = _customers(partner)
    if customer is not None:
        buyers = _the_customer(buyers, customer)
        if legal_entity_code is None:
            legal_entity_code = buyers[0].legal_entity.code
    seller = _seller(legal_entity_code)
    mine = [buyer for buyer in buyers if buyer.legal_entity_id == seller.pk]
    if customer is not None and not mine:
        raise NoSuchCustomer(f"customer '{customer}' is of another legal entity")
    customers = tuple(sorted(map(_customer, mine), key=lambda each: each.external_id))
    book = _book(seller)
    if customer is not None:
        book = book.needed_by(customers)
    return Document(
        currency=seller.currency,
        timezone=seller.timezone,
        rounding=Rounding(seller.invoice_rounding),
        seller=Seller(name=seller.name, country=seller.country, state=seller.state or None),
        meters=book.meters,
        rate_cards=book.rate_cards,
        prices=book.prices,
        plans=book.plans,
        customers=customers,
    )


@dataclass(frozen=True)
class _Book:
    meters: tuple[MeterTerms, ...]
    rate_cards: tuple[CardTerms, ...]
    prices: tuple[CatalogPrice, ...]
    plans: tuple[PlanTerms, ...]

    def needed_by(self, customers: Iterable[format_customers.Customer]) -> "_Book":
        """Return what contracts and credits of these customers name, and what that names."""
        customers = tuple(customers)
        plan_codes = {contract.plan for each in customers for contract in each.contracts}
        plans = tuple(plan for plan in self.plans if plan.code in plan_codes)
        price_codes = {code for plan in plans for code in plan.prices}
        price_codes |= {
            word for each in customers for credit in each.credits for word in credit.applies_to
        }
        prices = tuple(price for price in self.prices if price.terms.code in price_codes)
        card_codes = {
            version.model.rate_card.code
            for price in prices
            for version in price.terms.versions
            if isinstance(version.model, PerUnit) and version.model.rate_card is not None
        } | {
            override.rate_card.code
            for each in customers
            for contract in each.contracts
            for override in contract.overrides.values()
            if override.rate_card is not None
        }
        meter_codes = {code for price in prices for code in price.terms.meters}
        return _Book(
            meters=tuple(meter for meter in self.meters if meter.code in meter_codes),
            rate_cards=tuple(card for card in self.rate_cards if card.code in card_codes),
            prices=prices,
            plans=plans,
        )


def _seller(code: str | None) -> LegalEntity:
    entities = list(LegalEntity.objects.order_by("code"))
    named = [entity for entity in entities if code in (None, entity.code)]
    if len(named) == 1:
        return named[0]
    if code is not None:
        raise NoSuchSeller(f"there is no legal entity '{code}'")
    if not entities:
        raise NoSuchSeller("there is no legal entity yet")
    codes = ", ".join(entity.code for entity in entities)
    raise NoSuchSeller(f"choose one of the legal entities; their codes are {codes}")


def _customers(partner: Partner | None) -> QuerySet[Customer]:
    contracts = (
        Contract.objects.exclude(activated_at=None)
        .select_related("plan", "customer")
        .prefetch_related(
            "overrides__price__meter", "overrides__entries", "overrides__rate_card", "quantities"
        )
    )
    buyers = Customer.objects.select_related("legal_entity").prefetch_related(
        "addresses",
        "subjects",
        Prefetch("contracts", queryset=contracts),
        Prefetch("grants", queryset=Grant.objects.filter(plan_grant=None).order_by("code")),
    )
    return buyers if partner is None else buyers.filter(partners=partner)


def _the_customer(buyers: QuerySet[Customer], reference: str) -> QuerySet[Customer]:
    uid = Customer.uid_of(reference)
    found = buyers.filter(external_id=reference) if uid is None else buyers.filter(uid=uid)
    if not found:
        raise NoSuchCustomer(f"there is no customer '{reference}'")
    return found


def _customer(row: Customer) -> format_customers.Customer:
    return format_customers.Customer(
        external_id=row.external_id,
        name=row.name,
        timezone=row.timezone,
        customer_class=row.customer_class,
        addresses={address.kind: stored_address(address) for address in row.addresses.all()},
        vat_id=row.vat_id or None,
        vat_status=row.vat_status,
        subjects=tuple(
            sorted(
                map(stored_subject, row.subjects.all()),
                key=lambda each: (each.subject_id, each.held_from),
            )
        ),
        contracts=tuple(
            sorted(
                map(stored_contract, row.contracts.all()),
                key=lambda each: (each.start, each.plan),
            )
        ),
        credits=tuple(sorted(map(stored_credit, row.grants.all()), key=lambda each: each.code)),
    )


def _book(seller: LegalEntity) -> _Book:
    meters = Meter.objects.filter(legal_entity=seller)
    cards = RateCard.objects.filter(legal_entity=seller).select_related("meter")
    card_versions = RateCardVersion.objects.exclude(published_at=None).prefetch_related("entries")
    prices = Price.objects.filter(legal_entity=seller).select_related(
        "meter", "product", "legal_entity"
    )
    price_versions = (
        PriceVersion.objects.exclude(published_at=None)
        .select_related("rate_card__meter")
        .prefetch_related("rate_card__versions__entries")
    )
    plans = Plan.objects.filter(legal_entity=seller).prefetch_related("items__price", "grants")
    stored_prices = {
        price.terms.code: price
        for row in prices.prefetch_related(Prefetch("versions", queryset=price_versions))
        if (price := stored_price(row)).terms.versions
    }
    return _Book(
        meters=tuple(sorted((row.terms() for row in meters), key=lambda each: each.code)),
        rate_cards=tuple(
            stored_rate_card(row)
            for row in sorted(
                cards.prefetch_related(Prefetch("versions", queryset=card_versions)),
                key=lambda row: row.code,
            )
        ),
        prices=tuple(stored_prices[code] for code in sorted(stored_prices)),
        plans=tuple(
            stored_plan(row)
            for row in sorted(plans, key=lambda row: row.code)
            if is_complete(row, stored_prices)
        ),
    )
