"""No float comes near money, and no digit of it is lost on the way."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from djmoney.money import Money

from accounts.columns import FloatNearMoney, refuse_float, validate_time_zone
from catalog.models import PriceVersion, RateCardVersion, RateEntry
from invoicing.models import Grant, Invoice
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> RateCardVersion:
    """A draft version without entries."""
    card = make.ai_call_rates()
    return RateCardVersion.objects.create(rate_card=card, effective_from=make.NOVEMBER_20)


def test_a_float_inside_a_money_pair_is_refused() -> None:
    with pytest.raises(FloatNearMoney, match=r"0\.1 is a float"):
        refuse_float((0.1, "USD"))


def test_a_float_is_no_amount() -> None:
    twenty_one: Any = 21.35

    with pytest.raises(FloatNearMoney):
        Invoice(currency="USD", total=twenty_one)
    with pytest.raises(FloatNearMoney):
        Grant().amount = 10.5


@pytest.mark.parametrize("field", ["amount", "paid_amount"])
def test_a_float_is_no_amount_in_an_update(field: str) -> None:
    make.grant(make.basil())

    with pytest.raises(FloatNearMoney):
        Grant.objects.update(**{field: 10.5})


def test_money_is_stored_to_the_fourth_decimal_and_no_further() -> None:
    made = make.grant(make.basil(), amount="10.50", paid_amount=Decimal("9.1234"))

    made.refresh_from_db()
    assert made.paid_amount == Money("9.1234", "USD")
    with pytest.raises(ValueError, match="more than 4 decimals"):
        make.grant(made.customer, code="other", amount="10.50", paid_amount=Decimal("9.12345"))


def test_an_amount_and_its_currency_share_a_row() -> None:
    invoice = Invoice(currency="USD", total=Money("21.35", "USD"))

    assert (invoice.total, invoice.currency) == (Money("21.35", "USD"), "USD")


def test_a_float_is_no_unit_price(version: RateCardVersion) -> None:
    with pytest.raises(FloatNearMoney):
        RateEntry.objects.create(version=version, rate=0.2)
    with pytest.raises(FloatNearMoney):
        RateEntry.objects.bulk_create([RateEntry(version=version, rate=0.2)])
    with pytest.raises(FloatNearMoney):
        RateEntry.objects.update(rate=0.2)
    with pytest.raises(FloatNearMoney):
        RateEntry.objects.filter(rate__gt=0.2).count()
    with pytest.raises(FloatNearMoney):
        PriceVersion.objects.update(unit_price=0.2)


def test_a_unit_price_keeps_twelve_decimals(version: RateCardVersion) -> None:
    entry = RateEntry.objects.create(version=version, rate=Decimal("0.000000000001"))

    entry.refresh_from_db()
    assert entry.rate == Decimal("0.000000000001")


@pytest.mark.parametrize("rate", ["0.0000000000001", "0.1234567890123"])
def test_a_unit_price_is_never_rounded_into_its_column(version: RateCardVersion, rate: str) -> None:
    with pytest.raises(ValidationError):
        RateEntry(version=version, rate=Decimal(rate)).full_clean()
    with pytest.raises(ValueError, match="more than 12 decimals"):
        RateEntry.objects.create(version=version, rate=Decimal(rate))


def test_trailing_zeros_beyond_the_column_lose_nothing(version: RateCardVersion) -> None:
    entry = RateEntry.objects.create(version=version, rate=Decimal("0.20000000000000"))

    entry.refresh_from_db()
    assert entry.rate == Decimal("0.2")


def test_prices_are_added_up_in_the_database(version: RateCardVersion) -> None:
    RateEntry.objects.create(version=version, rate=Decimal("0.1"))

    RateEntry.objects.filter(version=version).update(rate=models.F("rate") * 2)

    assert RateEntry.objects.get(version=version).rate == Decimal("0.2")


def test_a_time_zone_has_a_name_of_the_iana_database() -> None:
    validate_time_zone("America/New_York")

    with pytest.raises(ValidationError, match="EST5 is not a time zone"):
        validate_time_zone("EST5")
