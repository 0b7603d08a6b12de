"""A price that is published reaches the invoices that were computed before it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from djmoney.money import Money

from catalog.models import PriceVersion
from invoicing.operations.announce_new_prices import announce_new_prices
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.invoicing.agreements import billed, call, dollar_a_minute, first_invoice, sender_of
from usage.models import UsageArrival

pytestmark = pytest.mark.django_db

LATER = make.NOW + timedelta(hours=1)


def publish_two_dollars() -> None:
    """Let a minute cost two dollars from 15 November 2024 on."""
    change = datetime(2024, 11, 15, tzinfo=UTC)
    version = PriceVersion.objects.get()
    version.effective_to = change
    version.save()
    PriceVersion.objects.create(
        price=version.price,
        name=version.name,
        unit_price=Decimal(2),
        effective_from=change,
        published_at=LATER,
    )


@pytest.fixture
def basil() -> make.Customer:
    """Basil, whose invoice of November is computed."""
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))
    call(sender_of(basil), "november", at="2024-11-20T10:00:00Z")
    refresh_customer(customer_id=basil.pk, now=make.NOW)
    return basil


def test_open_invoices_are_computed_anew_at_the_new_price(basil: make.Customer) -> None:
    publish_two_dollars()

    assert announce_new_prices() == 1
    refresh_customer(customer_id=basil.pk, now=LATER + timedelta(minutes=1))

    assert first_invoice(basil).total == Money(10, "USD")
    assert announce_new_prices() == 0


def test_without_a_new_price_there_is_nothing_to_announce(basil: make.Customer) -> None:
    assert announce_new_prices() == 0


def test_who_has_news_already_is_not_announced_again(basil: make.Customer) -> None:
    publish_two_dollars()
    announce_new_prices()

    assert announce_new_prices() == 0
    assert UsageArrival.objects.count() == 1


def test_an_issued_invoice_keeps_its_price(basil: make.Customer) -> None:
    billed(basil)
    UsageArrival.objects.all().delete()
    publish_two_dollars()

    assert announce_new_prices() == 0
    assert first_invoice(basil).total == Money(5, "USD")
