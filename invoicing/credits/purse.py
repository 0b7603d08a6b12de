"""What credit is counted in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Purse:
    """
    Money of a currency, or units that pay invoices in it; `unit` is empty for money.

    Balances of one purse may be added up, those of two never.
    """

    currency: str
    unit: str = ""

    @property
    def is_money(self) -> bool:
        """Return whether it holds amounts."""
        return not self.unit
