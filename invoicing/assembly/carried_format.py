"""What is carried from bill to bill, as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from invoicing.assembly.carried import Carried
from invoicing.rating.lots import Lot
from values.exact import plain, simplest
from values.number import Number


def carried_as_json(carried: Carried) -> dict[str, object]:
    """
    Return it in values that JSON has: numbers as text, times as RFC 3339; {} for nothing.

    A number that no decimal holds is written as a fraction (``1/3``): the next bill takes up
    exactly what this one left.
    """
    stored: dict[str, object] = {}
    if carried.lots:
        stored["lots"] = {
            name: [
                {
                    "left": _written(lot.left),
                    "granted_at": lot.granted_at.isoformat(),
                    "expires_at": lot.expires_at.isoformat() if lot.expires_at else None,
                }
                for lot in lots
            ]
            for name, lots in carried.lots.items()
        }
    if carried.used_in_year:
        stored["used_in_year"] = {
            name: {"from": since.isoformat(), "used": _written(used)}
            for name, (since, used) in carried.used_in_year.items()
        }
    return stored


def carried_from_json(raw: Mapping[str, Any]) -> Carried:
    """Return what `carried_as_json` wrote."""
    return Carried(
        lots={
            name: tuple(
                Lot(
                    left=_read(lot["left"]),
                    granted_at=datetime.fromisoformat(lot["granted_at"]),
                    expires_at=(
                        datetime.fromisoformat(lot["expires_at"]) if lot["expires_at"] else None
                    ),
                )
                for lot in lots
            )
            for name, lots in raw.get("lots", {}).items()
        },
        used_in_year={
            name: (datetime.fromisoformat(used["from"]), _read(used["used"]))
            for name, used in raw.get("used_in_year", {}).items()
        },
    )


def _written(number: Number) -> str:
    return plain(number) if isinstance(number, Decimal) else str(number)


def _read(text: str) -> Number:
    return simplest(Fraction(text))
