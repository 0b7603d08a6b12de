"""What rating makes of quantities: lines, and what could not be priced as intended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from invoicing.rating.trace import Trace
from usage.metering.quantity import Dimensions, Quantity
from values.number import Number
from values.period import Period


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line of an invoice, its amount rounded once.

    `dimensions` stand in the order of the meter's group keys; `exact_amount` is unrounded,
    `amount` has the currency's digits. `rate_version` is when the rate took effect (None:
    always). `period` is the time in which that rate holds; the line's events are those of
    `meter` with these dimensions in the periods of `slices`. Fees have no events. `left` is
    what remains of the allowance that a line of included units used. `slice_amounts` is what
    each slice adds to the exact amount where that does not follow the quantities.
    """

    section: str
    price: str
    description: str
    dimensions: Dimensions
    quantity: Number
    unit: str | None
    unit_price: Decimal | None
    exact_amount: Number
    amount: Decimal
    currency: str
    events: int | None
    rate_version: datetime | None
    period: Period
    tax_code: str | None
    meter: str | None
    slices: tuple[Quantity, ...]
    trace: Trace
    left: Number | None = None
    slice_amounts: tuple[Number, ...] | None = None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """
    Usage that no entry matched and that was billed at the fallback rate.

    `hint` holds the declared values that differ only in case or surrounding space.
    """

    price: str
    dimensions: Dimensions
    quantity: Number
    events: int
    hint: dict[str, str] | None
    slices: tuple[Quantity, ...]


class QuarantineReason(StrEnum):
    """Why usage is not billed until somebody looks at it."""

    NO_RATE = "no_rate"
    MISSING_PROPERTY = "missing_property"
    BAD_VALUE = "bad_value"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """
    Usage that is not billed.

    `keys` are those of the events where single events were judged, else it is all usage of
    these dimensions in the slices.
    """

    price: str
    dimensions: Dimensions
    quantity: Number
    events: int
    reason: QuarantineReason
    hint: dict[str, str] | None
    slices: tuple[Quantity, ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rated:
    """What one price made of its quantities, in the order in which it is printed."""

    lines: tuple[Line, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
