"""Column types of the whole product: exact money, unit prices, time zones."""

from decimal import Context, Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from djmoney.models.fields import MoneyField, MoneyFieldProxy
from djmoney.money import Money

_EVERY_DIGIT = Context(prec=200)


class FloatNearMoney(TypeError):
    """A float reached a column of money; binary fractions are not amounts."""


def nothing() -> Decimal:
    """Return the default of an amount, in whatever currency its row has."""
    return Decimal(0)


def refuse_float(value: object) -> None:
    """:raises FloatNearMoney: for a float, alone or inside Money's arguments."""
    if isinstance(value, float):
        raise FloatNearMoney(f"{value!r} is a float; money is a Decimal or a string")
    if isinstance(value, tuple | list):
        for part in value:
            refuse_float(part)


class TooManyDecimals(ValueError):
    """A number has more decimals than its column, which would round it in silence."""


def refuse_rounding(value: object, *, decimals: int) -> None:
    """:raises TooManyDecimals: when a column of so many decimals would round the value."""
    number = value.amount if isinstance(value, Money) else value
    if isinstance(number, Decimal) and number.is_finite():
        exponent = number.normalize(_EVERY_DIGIT).as_tuple().exponent
        if isinstance(exponent, int) and exponent < -decimals:
            raise TooManyDecimals(f"{number} has more than {decimals} decimals")


class _ExactMoneyProxy(MoneyFieldProxy):
    def __set__(self, instance: models.Model, value: object) -> None:
        refuse_float(value)
        super().__set__(instance, value)


class ExactMoneyField(MoneyField):
    """
    An amount with its currency: numeric(30, 4). Enough for every minor unit, and for the
    largest quantity that is accepted at the highest rate that a column holds.

    Amounts of one row share the column `currency`, so that a row cannot mix two.

    :raises FloatNearMoney: when a float is assigned.
    :raises TooManyDecimals: when an amount is saved that the column would round.
    """

    _pyi_private_set_type: Money | Decimal  # type: ignore[assignment]
    _pyi_private_get_type: Money  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 30)
        kwargs.setdefault("decimal_places", 4)
        kwargs.setdefault("default_currency", None)
        kwargs.setdefault("currency_field_name", "currency")
        kwargs["money_descriptor_class"] = _ExactMoneyProxy
        super().__init__(*args, **kwargs)

    def get_db_prep_save(self, value: object, connection: Any) -> Any:
        refuse_float(value)
        refuse_rounding(value, decimals=self.decimal_places)
        return super().get_db_prep_save(value, connection)


class UnitPriceField(models.DecimalField):
    """
    A price of one unit, to 12 decimals: numeric(24, 12), never rounded.

    :raises FloatNearMoney: when a float is saved.
    :raises TooManyDecimals: when a price is saved that the column would round.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = 24
        kwargs["decimal_places"] = 12
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        refuse_float(value)
        return super().get_prep_value(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        refuse_rounding(value, decimals=self.decimal_places)
        return super().get_db_prep_save(value, connection)


def validate_time_zone(name: str) -> None:
    """:raises ValidationError: for a name that is not in the IANA database."""
    if name not in available_timezones():
        raise ValidationError(
            "%(name)s is not a time zone; write one such as America/New_York or UTC",
            params={"name": name},
        )
    ZoneInfo(name)


class TimeZoneNameField(models.CharField):
    """The IANA name of a time zone."""

    default_validators = [validate_time_zone]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault("default", "UTC")
        super().__init__(*args, **kwargs)


def exact(money: Money) -> Decimal:
    """Return the amount of a Money, whose type the library leaves open."""
    amount = money.amount
    refuse_float(amount)
    return Decimal(amount)
