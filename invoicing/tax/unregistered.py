"""A seller that is registered for no tax, because somebody said so."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.tax.interface import TaxAnswer, TaxRequest


@dataclass(frozen=True, slots=True)
class NoTaxRegistered:
    """
    Charges no tax and prints none.

    That is no tax at 0 %: an invoice without registration has no tax line at all.
    """

    def calculate(self, request: TaxRequest) -> TaxAnswer:
        """Return no lines and the reason as the snapshot."""
        return TaxAnswer(lines=(), snapshot={"registration": "none"})
