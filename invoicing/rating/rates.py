"""The rate of a quantity: the unit price, the entry of its rate card, or the fallback."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from weakref import WeakKeyDictionary

from invoicing.rating.entries import RateEntry
from invoicing.rating.index import EntryIndex
from invoicing.rating.price import PriceVersion
from invoicing.rating.rate_card import OnUnmatched, RateCard, RateCardVersion
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.trace import RateSource
from invoicing.rating.versions import gap_at, version_at
from usage.metering.quantity import Dimensions, Quantity
from values.period import Period

_AFTER_ALL_ENTRIES = 1 << 62
_REMEMBERED_AT_MOST = 20_000

# Looking a member up on its class takes as long as the rest of finding a rate.
_ENTRY, _OVERRIDE, _FALLBACK = RateSource.ENTRY, RateSource.OVERRIDE, RateSource.FALLBACK


class RateFound(NamedTuple):
    """
    A rate per unit and where it comes from; None is no rate at all.

    It holds in `[holds_from, holds_to)` (None: no bound), `since` is the version it belongs
    to, `position` the place of its entry in the card. Where no entry matches, `card_version`
    is the one that was asked.
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
        return self.source is _FALLBACK


# What entries say is the same for all prices and customers of a version of a card. Nothing in
# here holds the index, so that it goes with its card.
_KNOWN: WeakKeyDictionary[EntryIndex, dict[Dimensions, RateFound]] = WeakKeyDictionary()


class RateFinder:
    """Finds the rates of one version of a price; quantities of one stretch ask one version."""

    __slots__ = (
        "_card",
        "_card_version",
        "_flat",
        "_known",
        "_miss",
        "_model",
        "_stretch",
        "_version",
    )

    def __init__(self, model: PerUnit, version: PriceVersion) -> None:
        self._model = model
        self._version = version
        self._card = model.rate_card
        self._flat = RateFound(model.unit_price, RateSource.UNIT_PRICE, version.since, None, None)
        self._stretch: Period | None = None
        self._card_version: RateCardVersion | None = None
        self._miss = self._flat
        self._known: dict[Dimensions, RateFound] = {}

    def find(self, quantity: Quantity) -> RateFound:
        """Return the rate in force when the quantity's time begins."""
        if self._card is None:
            return self._flat
        if quantity.period is not self._stretch:
            self._look_at(self._card, quantity.period)
        card_version = self._card_version
        if card_version is None:
            return self._miss
        return self._known.get(quantity.dimensions) or self._search(card_version, quantity)

    def _search(self, card_version: RateCardVersion, quantity: Quantity) -> RateFound:
        matching = card_version.index.matching(quantity.dimensions)
        if not matching:
            return self._miss
        position, entry = matching[0]
        found = RateFound(
            entry.rate,
            _OVERRIDE if entry.agreed else _ENTRY,
            card_version.effective_from,
            card_version.effective_from,
            card_version.effective_to,
            position,
            entry=entry,
            passed_over=tuple(other.entry for other in matching[1:]),
        )
        if len(self._known) >= _REMEMBERED_AT_MOST:
            self._known.clear()
        self._known[quantity.dimensions] = found
        return found

    def _look_at(self, card: RateCard, stretch: Period) -> None:
        self._stretch = stretch
        falls_back = card.on_unmatched == OnUnmatched.FALLBACK
        rate = self._model.fallback_rate if falls_back else None
        found = self._card_version = version_at(card.versions, stretch.start)
        since = self._version.since if found is None else found.effective_from
        begins, ends = (
            gap_at(card.versions, stretch.start)
            if found is None
            else (found.effective_from, found.effective_to)
        )
        if found is not None:
            self._known = _KNOWN.setdefault(found.index, {})
        self._miss = RateFound(rate, _FALLBACK, since, begins, ends, card_version=found)
