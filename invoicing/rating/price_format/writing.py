"""The keys that say a version of a price, numbers as plain text, defaults left out."""

from __future__ import annotations

from datetime import datetime

from invoicing.rating.price import (
    DEFAULT_SECTION,
    Model,
    PriceVersion,
    UsageModel,
    kind_of,
)
from invoicing.rating.price_format.allowance import included_as_json
from invoicing.rating.price_format.calls import calls_as_json
from invoicing.rating.price_format.fixed import one_time_as_json, recurring_as_json, seat_as_json
from invoicing.rating.price_format.outcome import outcome_as_json
from invoicing.rating.price_format.package import package_as_json
from invoicing.rating.price_format.passthrough import passthrough_as_json
from invoicing.rating.price_format.per_unit import per_unit_as_json
from invoicing.rating.price_format.percentage import percentage_as_json
from invoicing.rating.price_format.performance import performance_as_json
from invoicing.rating.price_format.tiers import tiers_as_json
from invoicing.rating.terms.calls import Calls
from invoicing.rating.terms.fixed import OneTime, Recurring, Seat
from invoicing.rating.terms.package import Package
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.terms.performance import Performance
from invoicing.rating.terms.tiers import Graduated, Volume
from values.calendar import date_or_time
from values.exact import plain


def version_as_json(version: PriceVersion, *, zone: str = "UTC") -> dict[str, object]:
    """
    Return the keys that `read_version` reads, in the order of the plan file.

    Local midnights of `zone` are written as dates. `code`, `product` and `meter` belong to
    the price.
    """
    return heading_as_json(version, zone=zone) | terms_as_json(version, zone=zone)


def heading_as_json(version: PriceVersion, *, zone: str = "UTC") -> dict[str, object]:
    """Return the keys that every price has: name, kind, tax code, section and time."""
    kind = kind_of(version.model)
    is_default = version.section == DEFAULT_SECTION[kind]
    return _used(
        {
            "name": version.name,
            "kind": kind.value,
            "tax_code": version.tax_code,
            "section": None if is_default else version.section,
            "effective_from": _at(version.effective_from, zone),
            "effective_to": _at(version.effective_to, zone),
        }
    )


def terms_as_json(version: PriceVersion, *, zone: str = "UTC") -> dict[str, object]:
    """Return the keys of the kind and the model, with allowance, limits and outcome."""
    low, high = version.minimum_amount, version.maximum_amount
    return _used(
        model_as_json(version.model, zone=zone)
        | {
            "included": included_as_json(version.included) if version.included else None,
            "minimum_amount": None if low is None else plain(low),
            "maximum_amount": None if high is None else plain(high),
            "outcome": outcome_as_json(version.outcome) if version.outcome else None,
        }
    )


def model_as_json(model: Model, *, zone: str = "UTC") -> dict[str, object]:
    """Return the keys of the kind and the model; those that are None are left out."""
    match model:
        case Recurring():
            return recurring_as_json(model)
        case Seat():
            return seat_as_json(model)
        case OneTime():
            return one_time_as_json(model)
        case Performance():
            return performance_as_json(model)
        case Calls():
            return calls_as_json(model, zone=zone)
        case _:
            return _usage_as_json(model)


def _usage_as_json(model: UsageModel) -> dict[str, object]:
    match model:
        case PerUnit():
            return {"model": "per_unit"} | per_unit_as_json(model)
        case Graduated():
            return {"model": "graduated"} | tiers_as_json(model)
        case Volume():
            return {"model": "volume"} | tiers_as_json(model)
        case Package():
            return {"model": "package"} | package_as_json(model)
        case Percentage():
            return {"model": "percentage"} | percentage_as_json(model)
        case Passthrough():
            return {"model": "passthrough"} | passthrough_as_json(model)
        case _:
            return {"model": "graduated_percentage"} | tiers_as_json(model)


def _used(keys: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in keys.items() if value is not None}


def _at(instant: datetime | None, zone: str) -> str | None:
    return None if instant is None else date_or_time(instant, zone)
