"""The worked example: an AI call centre, billed per minute by region and outcome."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from invoicing.assembly.terms import ContractTerms
from invoicing.credits.grants import GrantBalance, GrantKind
from invoicing.rating.overrides import PriceOverride, overridden
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.rate_card import RateCard, RateCardVersion, RateEntry
from invoicing.rating.terms.per_unit import PerUnit
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import MeteredEvent
from values.period import Period

NOV_1 = datetime(2024, 11, 1, tzinfo=UTC)
NOVEMBER = Period(NOV_1, datetime(2024, 12, 1, tzinfo=UTC))
OUTCOMES = ("resolved", "transferred", "escalated")
RATES = {
    "US": ("0.20", "0.40", "0.60"),
    "EU": ("0.25", "0.50", "0.75"),
    "APAC": ("0.30", "0.60", "0.90"),
}
METER = Meter(
    code="AI_CALL",
    display_name="AI Calls",
    event_name="ai_call",
    aggregation=Aggregation.SUM,
    property="duration_minutes",
    group_keys=("region", "call_outcome"),
    unit="minute",
)
CARD_VERSION = RateCardVersion(
    effective_from=NOV_1,
    effective_to=None,
    entries=tuple(
        RateEntry({"region": region, "call_outcome": outcome}, Decimal(rate))
        for region, rates in RATES.items()
        for outcome, rate in zip(OUTCOMES, rates, strict=True)
    ),
)
CARD = RateCard("ai-call-rates", "AI_CALL", (CARD_VERSION,))
PRICE = PriceTerms(
    "ai-call",
    "AI_CALL",
    (PriceVersion(None, None, "AI Calls", PerUnit(rate_card=CARD, fallback_rate=Decimal("0.40"))),),
)
OVERRIDE = PriceOverride(
    entries=(RateEntry({"region": "US", "call_outcome": "escalated"}, Decimal("0.75")),)
)
TERMS = ContractTerms("USD", (overridden(PRICE, OVERRIDE),), {"AI_CALL": METER})
GRANT = GrantBalance(
    code="grant-1",
    kind=GrantKind.PREPAID,
    left=Decimal("10000.00"),
    currency="USD",
    effective_from=NOV_1,
    expires_at=datetime(2026, 11, 1, tzinfo=UTC),
)


def call(day: int, region: str | None, outcome: str | None, minutes: str) -> MeteredEvent:
    """Return a call at noon of a day of November."""
    return MeteredEvent(
        occurred_at=NOV_1 + timedelta(days=day - 1, hours=12),
        key=f"{day}-{region}-{outcome}-{minutes}",
        properties={"region": region, "call_outcome": outcome, "duration_minutes": minutes},
    )


def calls(*rows: tuple[str | None, str | None, str]) -> Iterable[MeteredEvent]:
    """Return one call a day."""
    return [call(day, *row) for day, row in enumerate(rows, start=1)]


EVENTS = calls(
    ("US", "resolved", "5"),
    ("US", "resolved", "8"),
    ("US", "transferred", "12"),
    ("EU", "resolved", "6"),
    ("EU", "escalated", "15"),
    ("APAC", "resolved", "4"),
)
