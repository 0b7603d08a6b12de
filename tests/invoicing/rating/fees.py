"""What the tests of fixed charges share: prices without usage, and the periods of a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from invoicing.rating.fixed_charge import FixedCharge
from invoicing.rating.lines import Line
from invoicing.rating.price import Model, PriceTerms, PriceVersion
from invoicing.rating.terms.tiers import Tier
from values.calendar import local_date, local_midnight
from values.period import Period

NEW_YORK = "America/New_York"


def day(text: str, zone: str = "UTC") -> datetime:
    return local_midnight(date.fromisoformat(text), zone)


def days(first: str, after: str, zone: str = "UTC") -> Period:
    return Period(day(first, zone), day(after, zone))


JANUARY = days("2025-01-01", "2025-02-01")
FEBRUARY = days("2025-02-01", "2025-03-01")
NOVEMBER = days("2024-11-01", "2024-12-01")


@dataclass(frozen=True)
class Held:
    starts_at: datetime
    quantity: Decimal


def held(*pairs: tuple[str, str], zone: str = "UTC") -> list[Held]:
    return [Held(day(start, zone), Decimal(quantity)) for start, quantity in pairs]


def version(
    model: Model, start: str | None = None, end: str | None = None, **more: Any
) -> PriceVersion:
    return PriceVersion(
        effective_from=day(start) if start else None,
        effective_to=day(end) if end else None,
        name="Fee",
        model=model,
        **{"section": "platform", **more},
    )


def price(*versions: PriceVersion, code: str = "fee", meter: str | None = None) -> PriceTerms:
    return PriceTerms(code, meter, versions)


def charge(
    terms: PriceTerms,
    covered: Period,
    *,
    full: Period | None = None,
    zone: str = "UTC",
    currency: str = "USD",
    breaks: Sequence[str] = (),
) -> FixedCharge:
    return FixedCharge(
        price=terms,
        covered=covered,
        full=full or covered,
        zone=zone,
        currency=currency,
        breaks=tuple(day(text, zone) for text in breaks),
    )


def tiers(*rows: tuple[str | None, str, str]) -> tuple[Tier, ...]:
    return tuple(
        Tier(None if up_to is None else Decimal(up_to), Decimal(rate), Decimal(fee))
        for up_to, rate, fee in rows
    )


def span(line: Line, zone: str = "UTC") -> str:
    first, after = (local_date(at, zone) for at in (line.period.start, line.period.end))
    return f"{first:%m-%d}..{after:%m-%d}"


def printed(lines: Sequence[Line], zone: str = "UTC") -> list[tuple[str, str, str, str]]:
    """Return description, days, quantity and amount of each line."""
    return [
        (line.description, span(line, zone), str(line.quantity), str(line.amount)) for line in lines
    ]
