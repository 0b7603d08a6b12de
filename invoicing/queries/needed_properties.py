"""The properties of events that meters count by and prices charge by, with the reason of each."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from accounts.models import Customer, KeyMode
from catalog.models import Price
from contracts.models import ContractOverride
from contracts.queries.terms import agreed_price
from invoicing.rating.calls.numbers import number_digits
from invoicing.rating.needed_properties import needed_by_price
from invoicing.rating.price import PriceTerms
from usage.metering.needed import Needed, needed_by_meter
from usage.models import Meter, Source


def needed_of_source(*, source: Source) -> list[Needed]:
    """
    Return what is read of the events of a source, by name of property.

    By every meter of its customers' sellers, whatever the event's name, every published price of
    these, and what activated contracts of its customers agreed on.
    """
    customers = Customer.objects.filter(
        partners=source.partner_id, is_sandbox=source.mode == KeyMode.TEST
    )
    return _needed(customers)


def needed_of_number(*, customer: Customer, number: str) -> list[Needed]:
    """
    Return what is read of the events of a customer in which a number stands.

    Of that number only the first digits that tell its rates from others; a text that is no
    number has none.
    """
    return _needed(Customer.objects.filter(pk=customer.pk), digits=number_digits(number))


def _needed(customers: QuerySet[Customer], *, digits: str | None = None) -> list[Needed]:
    sellers = customers.order_by().values("legal_entity")
    rows = list(Meter.objects.filter(legal_entity__in=sellers))
    terms = {row.pk: row.terms() for row in rows}
    found = {need for meter in terms.values() for need in needed_by_meter(meter)}
    prices = _prices(rows)
    agreed = _agreed(prices, customers)
    for price, priced in (*((each, each.terms()) for each in prices.values()), *agreed):
        meter = None if price.meter_id is None else terms[price.meter_id]
        found.update(needed_by_price(priced, meter, digits=digits))
    return sorted(found, key=lambda need: (need.name, -need.digits, need.part.value, need.why))


def _prices(meters: Iterable[Meter]) -> dict[int, Price]:
    found = (
        Price.objects.filter(meter__in=[meter.pk for meter in meters])
        .select_related("meter")
        .prefetch_related(
            "versions__price__legal_entity",
            "versions__rate_card__meter",
            "versions__rate_card__versions__entries",
        )
    )
    return {price.pk: price for price in found}


def _agreed(
    prices: dict[int, Price], customers: QuerySet[Customer]
) -> Iterator[tuple[Price, PriceTerms]]:
    overrides = (
        ContractOverride.objects.filter(
            price__in=prices,
            contract__activated_at__isnull=False,
            contract__customer__in=customers.order_by().values("pk"),
        )
        .select_related("contract__customer", "rate_card__meter")
        .prefetch_related("entries")
    )
    for override in overrides:
        price = prices[override.price_id]
        yield price, agreed_price(price.terms(), override.terms(), contract=override.contract)
