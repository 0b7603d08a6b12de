"""The engine's terms of a price version as the columns of its row, and rows of call rates."""

from collections.abc import Iterator
from typing import Any

from catalog.models import CallRate, PriceVersion, RateCard
from invoicing.rating import price as terms
from invoicing.rating.match_format import match_as_json
from invoicing.rating.price_format.writing import terms_as_json
from invoicing.rating.terms.call_rate import CallRate as CallRateTerms
from invoicing.rating.terms.calls import Calls
from invoicing.rating.terms.fixed import Seat
from invoicing.rating.terms.per_unit import PerUnit
from values.exact import plain

_COLUMNS = ("model", "unit_price", "rate_card", "fallback_rate", "rates", "rates_file")


def price_columns(
    version: terms.PriceVersion, *, rate_card: RateCard | None, zone: str
) -> dict[str, Any]:
    """
    Return what a row of the version holds; `rate_card` is the row of its card.

    `zone` is the seller's, in which the row's plain dates are read.
    """
    keys = terms_as_json(version, zone=zone)
    per_unit = version.model.model if isinstance(version.model, Seat) else version.model
    is_per_unit = isinstance(per_unit, PerUnit)
    return {
        "name": version.name,
        "section": version.section,
        "tax_code": version.tax_code or "",
        "effective_from": version.effective_from,
        "effective_to": version.effective_to,
        "model": "per_unit" if is_per_unit else str(keys.get("model", "")),
        "unit_price": per_unit.unit_price if isinstance(per_unit, PerUnit) else None,
        "rate_card": rate_card,
        "fallback_rate": per_unit.fallback_rate if isinstance(per_unit, PerUnit) else None,
        "terms_keys": {key: value for key, value in keys.items() if key not in _COLUMNS},
    }


def call_rate_rows(row: PriceVersion, version: terms.PriceVersion) -> Iterator[CallRate]:
    """Yield the rows of a version of a price of calls, in order; none for other prices."""
    if not isinstance(version.model, Calls):
        return
    for position, rate in enumerate(version.model.rates):
        yield call_rate_row(row, rate, position=position)


def call_rate_row(row: PriceVersion, rate: CallRateTerms, *, position: int) -> CallRate:
    """Return the row of one rate of calls."""
    return CallRate(
        version=row,
        position=position,
        direction=rate.direction or "",
        number_type=rate.number_type or "",
        prefix=rate.prefix,
        band=rate.band or "",
        rate_jurisdiction=rate.rate_jurisdiction or "",
        match=match_as_json(rate.match),
        rate_per_minute=rate.rate_per_minute,
        initial_seconds=rate.initial_seconds,
        increment_seconds=rate.increment_seconds,
        steps=[
            {
                "from_second": step.from_second,
                "price": plain(step.price),
                "per_seconds": step.per_seconds,
                "increment_seconds": step.increment_seconds,
            }
            for step in rate.steps
        ],
        connect_fee=rate.connect_fee,
        minimum_charge=rate.minimum_charge,
        maximum_charge=rate.maximum_charge,
        tax_code=rate.tax_code or "",
    )
