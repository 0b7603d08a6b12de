"""The rate of a quantity: the unit price, the entry of its rate card, or the fallback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from invoicing.rating.entries import RateEntry
from invoicing.rating.price import PerUnit, PriceVersion
from invoicing.rating.rate_card import OnUnmatched, RateCardVersion
from invoicing.rating.trace import RateSource
from invoicing.rating.versions import gap_at, version_at
from usage.metering.quantity import Quantity

_AFTER_ALL_ENTRIES = 1 << 62


@dataclass(frozen=True, slots=True)
class RateFound:
    """
    A rate per unit and where it comes from; None is no rate at all.

    It holds in `[holds_from, holds_to)` (None: no bound), `since` is the version it belongs
    to, `position` the place of its entry in the card.
    """

    rate: Decimal | None
    source: RateSource
    since: datetime | None
    holds_from: datetime | None
    holds_to: datetime | None
    position: int = _AFTER_ALL_ENTRIES
    card_version: RateCardVersion | None = None
    entry: RateEntry | None = None
    passed_over: tuple[RateEntry, ...] = ()

    @property
    def unmatched(self) -> bool:
        """Whether a rate card was asked and had no entry."""
        return self.source == RateSource.FALLBACK


def find_rate(model: PerUnit, version: PriceVersion, quantity: Quantity) -> RateFound:
    """Return the rate in force when the quantity's time begins."""
    if model.rate_card is None:
        return RateFound(
            model.unit_price, RateSource.UNIT_PRICE, version.effective_from, None, None
        )
    card = model.rate_card
    card_version = version_at(card.versions, quantity.period.start)
    fallback = model.fallback_rate if card.on_unmatched == OnUnmatched.FALLBACK else None
    if card_version is None:
        bounds = gap_at(card.versions, quantity.period.start)
        return RateFound(fallback, RateSource.FALLBACK, version.effective_from, *bounds)
    begins, ends = card_version.effective_from, card_version.effective_to
    found = card_version.index.matching(quantity.dimensions)
    if not found:
        return RateFound(
            fallback, RateSource.FALLBACK, begins, begins, ends, card_version=card_version
        )
    position, entry = found[0]
    return RateFound(
        rate=entry.rate,
        source=RateSource.OVERRIDE if entry.agreed else RateSource.ENTRY,
        since=begins,
        holds_from=begins,
        holds_to=ends,
        position=position,
        card_version=card_version,
        entry=entry,
        passed_over=tuple(other.entry for other in found[1:]),
    )
