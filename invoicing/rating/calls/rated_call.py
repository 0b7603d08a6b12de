"""What rating made of one call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from usage.metering.quantity import Dimensions


class CallStatus(StrEnum):
    """What became of a call."""

    RATED = "rated"
    NOT_BILLABLE = "not_billable"
    BELOW_MINIMUM = "below_minimum"
    QUARANTINED = "quarantined"


class RatedCall(msgspec.Struct, frozen=True, gc=False):
    """
    A call and its charge, rounded once to the decimals of its price; 0 where it is not rated.

    `bands` are the paid seconds by band; `billed_seconds` include those that `bundles`
    (their codes) gave. `tax_code` and `dimensions` say on which line of the price it is.
    A struct and no dataclass, because a period has millions of them.
    """

    key: str
    at: datetime
    status: CallStatus
    prefix: str | None
    raw_seconds: int
    billed_seconds: int
    bundle_seconds: int
    bands: Mapping[str, int]
    charge: Decimal
    bundles: tuple[str, ...] = ()
    tax_code: str | None = None
    dimensions: Dimensions = ()
