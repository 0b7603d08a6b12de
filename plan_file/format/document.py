"""The document: a price book, customers with their contracts, and usage."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from invoicing.rating.price import PriceKind
from invoicing.rating.price_format.reading import ReadFile
from invoicing.rating.rate_card import RateCard
from plan_file.format.context import Context, refuse_equal, written_codes
from plan_file.format.customers import (
    Customer,
    group_contracts,
    read_customer,
    refuse_deeper_groups,
    refuse_shared_subjects,
)
from plan_file.format.events import Event, read_event
from plan_file.format.identity import read_country, read_currency, read_timezone
from plan_file.format.meters import read_meter
from plan_file.format.overrides import PriceBook
from plan_file.format.places import versions_written_at
from plan_file.format.plans import Plan, read_plan
from plan_file.format.pools import refuse_unequal_periods
from plan_file.format.prices import CatalogPrice, declared_cards, read_prices
from plan_file.format.rate_cards import read_rate_card
from usage.metering.meter import Meter
from values.fields import Keys, Place, Section
from values.money import Rounding
from values.problems import Path

VERSION = 1
KEYS = Keys(
    now=(
        "version",
        "currency",
        "timezone",
        "invoice_rounding",
        "seller",
        "meters",
        "rate_cards",
        "prices",
        "plans",
        "customers",
        "events",
    ),
    later=("tax_rules", "required_tax_types"),
)
_CODED = ("meters", "rate_cards", "prices", "plans")
SELLER_KEYS = Keys(("name", "country", "state"))
DEFAULT_TIMEZONE = "UTC"
DEFAULT_ROUNDING = Rounding.HALF_UP

T = TypeVar("T")


@dataclass(frozen=True)
class Seller:
    """Who sells, and where; what the file does not say is None."""

    name: str
    country: str | None = None
    state: str | None = None


@dataclass(frozen=True)
class Document:
    """
    A whole file in the values that the engines take.

    ``versions_at`` tells by section and code where the versions of a rate card or price,
    earliest first, stand in the file; it is empty for a document that was not read.
    """

    currency: str
    timezone: str = DEFAULT_TIMEZONE
    rounding: Rounding = DEFAULT_ROUNDING
    seller: Seller | None = None
    meters: tuple[Meter, ...] = ()
    rate_cards: tuple[RateCard, ...] = ()
    prices: tuple[CatalogPrice, ...] = ()
    plans: tuple[Plan, ...] = ()
    customers: tuple[Customer, ...] = ()
    events: tuple[Event, ...] = ()
    versions_at: Mapping[tuple[str, str], tuple[Path, ...]] = field(
        default_factory=dict, compare=False
    )


def read_sections(place: Place, *, read_file: ReadFile | None = None) -> Document | None:
    """
    Return the document, None where any part of it has a problem.

    ``read_file`` reads what lies beside it, None where nothing does.
    """
    section = place.section(KEYS)
    _read_version(section)
    context = _read_context(section, read_file)
    rounding = section.choice_or("invoice_rounding", DEFAULT_ROUNDING)
    seller = section.read_or("seller", None, _read_seller)
    call_meters = _call_meters(place.value)
    meters = _built(
        read_meter(item, zone=context.timezone, call_meters=call_meters)
        for item in _coded(section, "meters")
    )
    rate_cards = _built(read_rate_card(item, context) for item in _coded(section, "rate_cards"))
    card_by_code = {card.code: card for card in rate_cards}
    prices = read_prices(section.items("prices"), context, card_by_code)
    plans = _built(read_plan(item, context) for item in _coded(section, "plans"))
    book = PriceBook(
        prices={price.terms.code: price for price in prices},
        rate_cards=declared_cards(context, card_by_code),
    )
    customers = _read_customers(section, context, book, plans)
    events = _built(read_event(item, context.timezone) for item in section.items("events"))
    return section.build(
        lambda: Document(
            currency=context.currency,
            timezone=context.timezone,
            rounding=rounding,
            seller=seller,
            meters=meters,
            rate_cards=rate_cards,
            prices=prices,
            plans=plans,
            customers=customers,
            events=events,
            versions_at=versions_written_at(place.value, context.timezone),
        )
    )


def _read_context(section: Section, read_file: ReadFile | None) -> Context:
    document = section.place.value
    named = {name: written_codes(document, name) for name in _CODED}
    currency_place = section.need("currency")
    return Context(
        currency=read_currency(currency_place) if currency_place else "",
        timezone=section.read_or("timezone", DEFAULT_TIMEZONE, read_timezone),
        codes={**named, "customers": written_codes(document, "customers", "external_id")},
        read_file=read_file,
    )


def _read_version(section: Section) -> None:
    place = section.need("version")
    if place and place.value not in (VERSION, str(VERSION)):
        place.problem(f"must be {VERSION}")


def _read_seller(place: Place) -> Seller | None:
    section = place.section(SELLER_KEYS)
    country = section.read_or("country", None, read_country)
    name, state = section.text("name"), section.text_or("state", None)
    return section.build(lambda: Seller(name=name, country=country, state=state))


def _call_meters(document: object) -> frozenset[str]:
    """Return the codes of the meters of which the raw document has a call price."""
    prices = document.get("prices") if isinstance(document, dict) else None
    return frozenset(
        str(price.get("meter"))
        for price in (prices if isinstance(prices, list) else ())
        if isinstance(price, dict) and price.get("kind") == PriceKind.CALL
    )


def _read_customers(
    section: Section, context: Context, book: PriceBook, plans: tuple[Plan, ...]
) -> tuple[Customer, ...]:
    plan_by_code = {plan.code: plan for plan in plans}
    places = _coded(section, "customers", key="external_id")
    refuse_deeper_groups(places)
    read = [
        (item, read_customer(item, context=context, plans=plan_by_code, book=book))
        for item in places
    ]
    built = [(item, customer) for item, customer in read if customer is not None]
    refuse_shared_subjects(built)
    for members in group_contracts(built):
        refuse_unequal_periods(members, plan_by_code, book)
    return tuple(customer for _, customer in built)


def _coded(section: Section, name: str, *, key: str = "code") -> list[Place]:
    places = section.items(name)
    refuse_equal(places, key)
    return places


def _built(values: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(value for value in values if value is not None)
