"""A price of minutes in November, in one version or several, and what it makes of usage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from invoicing.rating.lines import Line, Rated
from invoicing.rating.price import PriceTerms, PriceVersion, UsageModel
from invoicing.rating.terms.tiers import Tier
from invoicing.rating.usage_price import rate_usage_price
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import MeteredEvent, Quantity, Reading
from values.money import Rounding
from values.period import Period

NOV_1 = datetime(2024, 11, 1, tzinfo=UTC)
DEC_1 = datetime(2024, 12, 1, tzinfo=UTC)
NOVEMBER = Period(NOV_1, DEC_1)
MINUTES = Meter(
    code="MINUTES",
    display_name="Minutes",
    event_name="call",
    aggregation=Aggregation.SUM,
    property="minutes",
    group_keys=(),
    unit="minute",
    allows_negative=True,
)


def day(number: int) -> datetime:
    """Return the beginning of a day of November."""
    return NOV_1 + timedelta(days=number - 1)


def tiers(*rows: tuple[str | None, str] | tuple[str | None, str, str]) -> tuple[Tier, ...]:
    """Return tiers of (up_to, rate) or (up_to, rate, flat fee)."""
    return tuple(
        Tier(
            None if row[0] is None else Decimal(row[0]),
            Decimal(row[1]),
            Decimal(row[2] if len(row) > 2 else 0),
        )
        for row in rows
    )


def price_of(*models: UsageModel, changes: Sequence[datetime] = ()) -> PriceTerms:
    """Return a price with a version for each model; each change begins the next one."""
    begins: list[datetime | None] = [None, *changes]
    ends: list[datetime | None] = [*changes, None]
    versions = tuple(
        PriceVersion(start, end, "Minutes", model)
        for start, end, model in zip(begins, ends, models, strict=True)
    )
    return PriceTerms("minutes", "MINUTES", versions)


def reading(
    at: datetime, minutes: str | int | Decimal, cuts: Iterable[datetime] = (), **properties: object
) -> Reading:
    """Return an event of some minutes in its stretch of November between the cuts."""
    quantity = Decimal(minutes)
    (stretch,) = (part for part in NOVEMBER.split(cuts) if part.contains(at))
    event = MeteredEvent(at, f"{at.isoformat()} {minutes}", {"minutes": minutes, **properties})
    return Reading(event, Quantity((), stretch, quantity, 1), quantity)


def rated(
    price: PriceTerms, usage: Sequence[Reading | Quantity], *, meter: Meter = MINUTES
) -> Rated:
    """Return what the price makes of usage in November, in US dollars."""
    return rate_usage_price(
        price, meter, NOVEMBER, usage, currency="USD", rounding=Rounding.HALF_UP
    )


def rows(lines: Iterable[Line]) -> list[tuple[str, str, str]]:
    """Return description, quantity and amount of each line, without the price's name."""
    return [
        (
            line.description.removeprefix("Minutes").removeprefix(" - "),
            str(line.quantity),
            str(line.amount),
        )
        for line in lines
    ]
