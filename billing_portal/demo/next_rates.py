"""A draft of other rates, to compare, to preview on real usage, and to publish."""

from datetime import datetime
from decimal import Decimal

from catalog.models import RateCard, RateCardVersion, RateEntry

OTHER_RATES = {
    ("US", "escalated"): Decimal("0.65"),
    ("EU", "resolved"): Decimal("0.24"),
    ("APAC", "resolved"): Decimal("0.28"),
}


def draft_next_rates(*, effective_from: datetime) -> None:
    """Add a draft to the card of calls: escalations dearer, what is resolved abroad cheaper."""
    card = RateCard.objects.get(code="ai-call-rates")
    in_force = card.versions.get()
    draft = RateCardVersion.objects.create(rate_card=card, effective_from=effective_from)
    RateEntry.objects.bulk_create(
        RateEntry(
            version=draft,
            position=entry.position,
            match=entry.match,
            rate=OTHER_RATES.get((entry.match["region"], entry.match["call_outcome"]), entry.rate),
            priority=entry.priority,
        )
        for entry in in_force.entries.all()
    )
