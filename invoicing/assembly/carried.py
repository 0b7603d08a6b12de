"""What one bill leaves for the next: free units and seconds that were not used up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from invoicing.rating.lots import Lot
from values.number import Number


@dataclass(frozen=True, slots=True)
class Carried:
    """
    The state of allowances between two bills of a contract.

    `lots` are by allowance (``price:CODE``, ``pool:CODE``, ``group:POOL`` or
    ``bundle:PRICE:CODE``); `used_in_year` is since when and what a yearly allowance has given,
    by the same names. What is a group's stands with each of its contracts.
    A bill computed again begins with the same state and leaves the same.
    """

    lots: Mapping[str, tuple[Lot, ...]] = field(default_factory=dict)
    used_in_year: Mapping[str, tuple[datetime, Number]] = field(default_factory=dict)


NOTHING_CARRIED = Carried()
