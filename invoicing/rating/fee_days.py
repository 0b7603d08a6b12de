"""The days of a period on which a price is in force: what a fee is charged for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.proration import whole_days
from invoicing.rating.versions import in_time_order
from values.period import Period


@dataclass(frozen=True, slots=True)
class FeeDays:
    """Days in a row, from midnight to midnight, and the version of the first of them."""

    period: Period
    version: PriceVersion


def fee_days(
    price: PriceTerms, covered: Period, *, breaks: Iterable[datetime], zone: str
) -> tuple[FeeDays, ...]:
    """
    Return the days in `covered` on which the price is in force, in order.

    They are split at the `breaks`, where a phase of the contract begins; another version of
    the price book splits nothing. A day counts where the price is in force for most of it.
    """
    versions = in_time_order(price.versions)
    instants = sorted(breaks)
    return tuple(
        FeeDays(period, _first_in(period, versions))
        for run in _joined(_days_in_force(versions, covered, zone))
        for period in run.split(instants)
    )


def _days_in_force(
    versions: Sequence[PriceVersion], covered: Period, zone: str
) -> Iterable[Period]:
    for version in versions:
        inside = covered.clipped(version.effective_from, version.effective_to)
        days = whole_days(inside, zone=zone) if inside else None
        if days is not None:
            yield days


def _joined(periods: Iterable[Period]) -> list[Period]:
    joined: list[Period] = []
    for period in periods:
        if joined and joined[-1].end == period.start:
            joined[-1] = Period(joined[-1].start, period.end)
        else:
            joined.append(period)
    return joined


def _first_in(period: Period, versions: Sequence[PriceVersion]) -> PriceVersion:
    """Return the version in force as the first day begins, else the first of that day."""
    return next(
        version
        for version in versions
        if version.effective_to is None or version.effective_to > period.start
    )
