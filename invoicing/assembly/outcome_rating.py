"""What a price makes of outcomes: each by the version of its success, wherever that lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from invoicing.rating.gathered import Usage
from invoicing.rating.lines import Rated
from invoicing.rating.price import PriceTerms
from invoicing.rating.trace_steps import TraceStep
from invoicing.rating.usage_price import rate_usage_price
from invoicing.rating.versions import version_at
from usage.metering.meter import Meter
from usage.metering.quantity import Quantity, Reading
from values.money import Rounding
from values.period import Period


def rate_as_of_success(
    price: PriceTerms,
    meter: Meter,
    period: Period,
    usage: Sequence[Usage],
    *,
    as_of_success: Mapping[str, Reading],
    currency: str,
    rounding: Rounding,
    steps: tuple[TraceStep, ...] = (),
) -> Rated:
    """
    Return what a usage price makes of outcomes that count in a period, in that order.

    `as_of_success` has the same readings, by key, at the times of the successes, of which some
    lie before the period. Tiers go on from one version to the next. Lines of a version that was
    in force only before the period are printed for all of it.
    """
    readings = [
        replace(
            as_of_success[item.event.key], quantity=_then(item, as_of_success), value=item.value
        )
        for item in usage
        if isinstance(item, Reading)
    ]
    start = min((each.quantity.period.start for each in readings), default=period.start)
    rated = rate_usage_price(
        _versions_for(price, period, readings),
        meter,
        Period(min(start, period.start), period.end),
        readings,
        currency=currency,
        rounding=rounding,
        steps=steps,
    )
    lines = tuple(
        replace(line, period=line.period.intersection(period) or period) for line in rated.lines
    )
    return replace(rated, lines=lines)


def _then(item: Reading, as_of_success: Mapping[str, Reading]) -> Quantity:
    success = as_of_success[item.event.key].quantity
    return replace(item.quantity, period=success.period)


def _versions_for(price: PriceTerms, period: Period, readings: Iterable[Reading]) -> PriceTerms:
    """Return the price without versions that neither hold in the period nor price a reading."""
    times = {each.event.occurred_at for each in readings}
    return replace(
        price,
        versions=tuple(
            version
            for version in price.versions
            if period.clipped(version.effective_from, version.effective_to)
            or any(version_at((version,), time) for time in times)
        ),
    )
