"""Free units or seconds that were granted and are not used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from values.number import Number


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of one grant of free units, until `expires_at` (None: no end)."""

    left: Number
    granted_at: datetime
    expires_at: datetime | None
