"""What one bill leaves for the next: free units and seconds that were not used up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from invoicing.rating.lots import Lot


@dataclass(frozen=True, slots=True)
class Carried:
    """
    The state of allowances between two bills of a contract.

    `lots` are by allowance (``price:CODE``, ``pool:CODE`` or ``bundle:PRICE:CODE``);
    `used_in_year` is what a yearly allowance has given since `year_from`, by the same names.
    A bill computed again begins with the same state and leaves the same.
    """

    lots: Mapping[str, tuple[Lot, ...]] = field(default_factory=dict)
    used_in_year: Mapping[str, tuple[datetime, Decimal]] = field(default_factory=dict)


NOTHING_CARRIED = Carried()
