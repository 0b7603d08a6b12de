"""The document: a price book, customers with their contracts, and usage."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from invoicing.rating.rate_card import RateCard
from plan_file.format.context import Context, refuse_equal, written_codes
from plan_file.format.customers import Customer, read_customer, refuse_shared_subjects
from plan_file.format.events import Event, read_event
from plan_file.format.identity import read_country, read_currency, read_timezone
from plan_file.format.meters import read_meter
from plan_file.format.places import versions_written_at
from plan_file.format.plans import Plan, read_plan
from plan_file.format.prices import CatalogPrice, read_prices
from plan_file.format.rate_cards import read_rate_card
from plan_file.format.tree import Path
from usage.metering.meter import Meter
from values.fields import Keys, Place, Section
from values.money import Rounding

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


def read_sections(place: Place) -> Document | None:
    """Return the document, None where any part of it has a problem."""
    section = place.section(KEYS)
    _read_version(section)
    currency_place = section.need("currency")
    context = Context(
        currency=read_currency(currency_place) if currency_place else "",
        timezone=section.read_or("timezone", DEFAULT_TIMEZONE, read_timezone),
        codes={
            name: written_codes(place.value, name)
            for name in ("meters", "rate_cards", "prices", "plans")
        },
    )
    rounding = section.choice_or("invoice_rounding", DEFAULT_ROUNDING)
    seller = section.read_or("seller", None, _read_seller)
    meters = _built(read_meter(item) for item in _coded(section, "meters"))
    rate_cards = _built(read_rate_card(item, context) for item in _coded(section, "rate_cards"))
    prices = read_prices(section.items("prices"), context, {card.code: card for card in rate_cards})
    plans = _built(read_plan(item, context) for item in _coded(section, "plans"))
    customers = _read_customers(section, context, prices, plans)
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


def _read_version(section: Section) -> None:
    place = section.need("version")
    if place and place.value not in (VERSION, str(VERSION)):
        place.problem(f"must be {VERSION}")


def _read_seller(place: Place) -> Seller | None:
    section = place.section(SELLER_KEYS)
    country = section.read_or("country", None, read_country)
    name, state = section.text("name"), section.text_or("state", None)
    return section.build(lambda: Seller(name=name, country=country, state=state))


def _read_customers(
    section: Section,
    context: Context,
    prices: tuple[CatalogPrice, ...],
    plans: tuple[Plan, ...],
) -> tuple[Customer, ...]:
    plan_by_code = {plan.code: plan for plan in plans}
    price_by_code = {price.terms.code: price for price in prices}
    read = [
        (item, read_customer(item, context=context, plans=plan_by_code, prices=price_by_code))
        for item in _coded(section, "customers", key="external_id")
    ]
    built = [(item, customer) for item, customer in read if customer is not None]
    refuse_shared_subjects(built)
    return tuple(customer for _, customer in built)


def _coded(section: Section, name: str, *, key: str = "code") -> list[Place]:
    places = section.items(name)
    refuse_equal(places, key)
    return places


def _built(values: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(value for value in values if value is not None)
