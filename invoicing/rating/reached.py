"""What a price has counted in its period when a version takes effect."""

from __future__ import annotations

from dataclasses import dataclass

from values.number import ZERO, Number


@dataclass(frozen=True, slots=True)
class Reached:
    """
    Where a version goes on counting: tiers, packages and free parts last for a whole period.

    `quantity` is what came before, `total` what the whole period comes to. `fee_due`: the
    flat fee of the first tier, or of a volume price the one of the period, stands on a line.
    """

    quantity: Number = ZERO
    total: Number = ZERO
    fee_due: bool = False
    free_events: int = 0
    free_amount: Number = ZERO
