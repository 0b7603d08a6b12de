"""Column types of the whole product: exact money, unit prices, time zones."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from djmoney.models.fields import MoneyField, MoneyFieldProxy
from djmoney.money import Money


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


class _ExactMoneyProxy(MoneyFieldProxy):  # type: ignore[misc]
    def __set__(self, instance: models.Model, value: object) -> None:
        refuse_float(value)
        super().__set__(instance, value)


class ExactMoneyField(MoneyField):  # type: ignore[misc]
    """
    An amount with its currency: numeric(19, 4), enough for every minor unit.

    Amounts of one row share the column `currency`, so that a row cannot mix two.

    :raises FloatNearMoney: when a float is assigned.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 19)
        kwargs.setdefault("decimal_places", 4)
        kwargs.setdefault("default_currency", None)
        kwargs.setdefault("currency_field_name", "currency")
        kwargs["money_descriptor_class"] = _ExactMoneyProxy
        super().__init__(*args, **kwargs)

    def get_db_prep_save(self, value: object, connection: Any) -> Any:
        refuse_float(value)
        return super().get_db_prep_save(value, connection)


class UnitPriceField(models.DecimalField):  # type: ignore[type-arg]
    """
    A price of one unit, to 12 decimals: numeric(24, 12), never rounded.

    :raises FloatNearMoney: when a float is saved.
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


def validate_time_zone(name: str) -> None:
    """:raises ValidationError: for a name that is not in the IANA database."""
    if name not in available_timezones():
        raise ValidationError(
            "%(name)s is not a time zone; write one such as America/New_York or UTC",
            params={"name": name},
        )
    ZoneInfo(name)


class TimeZoneNameField(models.CharField):  # type: ignore[type-arg]
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
