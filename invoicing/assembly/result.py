"""An invoice before it is a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from invoicing.assembly.carried import NOTHING_CARRIED, Carried
from invoicing.credits.drawing import Draw
from invoicing.rating.lines import Line, Quarantined, Unmatched
from invoicing.tax.interface import TaxLine
from usage.metering.quantity import Quantity
from values.period import Period


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Usage of a meter for which the contract has no price at that time."""

    meter: str
    slices: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class InvoiceResult:
    """
    Everything that one period of a contract comes to; amounts have the currency's digits.

    `carried` is what is left of free units and seconds for the next one.

    total = subtotal - discounts + taxes that are not inclusive; amount_due = total - prepaid
    credit. `tax` is the sum of all taxes.
    """

    currency: str
    period: Period
    issue_date: date
    due_date: date
    lines: tuple[Line, ...]
    subtotal: Decimal
    discounts: Decimal
    taxes: tuple[TaxLine, ...]
    tax: Decimal
    total: Decimal
    discounts_applied: tuple[Draw, ...]
    credits_applied: tuple[Draw, ...]
    amount_due: Decimal
    unmatched: tuple[Unmatched, ...]
    quarantined: tuple[Quarantined, ...]
    unpriced: tuple[Unpriced, ...]
    tax_snapshot: dict[str, object]
    carried: Carried = NOTHING_CARRIED
