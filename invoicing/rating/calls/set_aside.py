"""Calls that are not billed until somebody looks at them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from invoicing.rating.lines import Quarantined, QuarantineReason
from usage.metering.quantity import Quantity
from values.period import Period


@dataclass(slots=True)
class SetAside:
    """The keys of such calls by reason and stretch, in the order of time."""

    price: str
    _keys: dict[QuarantineReason, dict[Period, list[str]]] = field(default_factory=dict)

    def add(self, reason: QuarantineReason, stretch: Period, key: str) -> None:
        """Add a call of a stretch."""
        self._keys.setdefault(reason, {}).setdefault(stretch, []).append(key)

    def quarantined(self) -> Iterator[Quarantined]:
        """Yield one for each reason; its quantity is the number of calls."""
        for reason, stretches in self._keys.items():
            slices = tuple(
                Quantity((), stretch, Decimal(len(keys)), len(keys))
                for stretch, keys in stretches.items()
            )
            keys = tuple(key for own in stretches.values() for key in own)
            yield Quarantined(
                price=self.price,
                dimensions=(),
                quantity=Decimal(len(keys)),
                events=len(keys),
                reason=reason,
                hint=None,
                slices=slices,
                keys=keys,
            )
