"""Usage that no entry of a rate card matches: billed at the fallback rate, or not billed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from invoicing.rating.charge import Charge, total_events, total_quantity
from invoicing.rating.gathered import merged
from invoicing.rating.lines import Quarantined, QuarantineReason, Unmatched
from invoicing.rating.matching import near_miss
from invoicing.rating.rates import RateFound
from usage.metering.quantity import Dimensions, Quantity


class Misses:
    """Gathers what does not match, by dimensions and version of the card."""

    def __init__(self, charge: Charge) -> None:
        self._charge = charge
        self._found: dict[tuple[Dimensions, datetime | None], tuple[RateFound, list[Quantity]]] = {}

    def add(self, found: RateFound, quantity: Quantity) -> None:
        """Add a quantity that has no entry."""
        place = (quantity.dimensions, found.holds_from)
        self._found.setdefault(place, (found, []))[1].append(quantity)

    def unmatched(self) -> Iterable[Unmatched]:
        """Yield what is billed at the fallback rate, by dimensions, then time."""
        for found, slices in self._in_order():
            if found.rate is not None:
                yield Unmatched(
                    price=self._charge.price.code,
                    dimensions=self._dimensions(slices),
                    quantity=total_quantity(slices),
                    events=total_events(slices),
                    hint=_hint(found, slices),
                    slices=slices,
                )

    def quarantined(self) -> Iterable[Quarantined]:
        """Yield what is not billed, by dimensions, then time."""
        for found, slices in self._in_order():
            if found.rate is None:
                yield Quarantined(
                    price=self._charge.price.code,
                    dimensions=self._dimensions(slices),
                    quantity=total_quantity(slices),
                    events=total_events(slices),
                    reason=QuarantineReason.NO_RATE,
                    hint=_hint(found, slices),
                    slices=slices,
                )

    def _in_order(self) -> Iterable[tuple[RateFound, tuple[Quantity, ...]]]:
        gathered = [(found, merged(slices)) for found, slices in self._found.values()]
        return sorted(gathered, key=lambda each: (each[1][0].dimensions, each[1][0].period.start))

    def _dimensions(self, slices: tuple[Quantity, ...]) -> Dimensions:
        """Return all that the card was asked with, the group keys first."""
        first = slices[0]
        grouped = self._charge.combination(first)
        return grouped + tuple(pair for pair in first.dimensions if pair not in grouped)


def _hint(found: RateFound, slices: tuple[Quantity, ...]) -> dict[str, str] | None:
    version = found.card_version
    return near_miss(version, dict(slices[0].dimensions)) if version else None
