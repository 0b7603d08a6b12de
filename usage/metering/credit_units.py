"""How many credits an action takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from usage.metering.meter import CreditUnits

_ALWAYS = datetime.min.replace(tzinfo=UTC)


def units_of(action: str, versions: Iterable[CreditUnits], *, at: datetime) -> Decimal | None:
    """
    Return the credits of the action by the version in force at that time.

    None where that version does not list it, or none is in force yet. Versions may stand in
    any order; the one without a beginning is the oldest.
    """
    current: CreditUnits | None = None
    for version in versions:
        if version.effective_from is not None and version.effective_from > at:
            continue
        if current is None or _is_later(version, current):
            current = version
    return None if current is None else current.units.get(action)


def _is_later(one: CreditUnits, other: CreditUnits) -> bool:
    if one.effective_from is None:
        return False
    return other.effective_from is None or one.effective_from > other.effective_from


def counts_otherwise(
    old: Sequence[CreditUnits], new: Sequence[CreditUnits], *, until: datetime
) -> bool:
    """
    Return whether an action that took credits before `until` would take others by `new`.

    Versions to come may be added, and actions that took none.
    """
    starts = [version.effective_from or _ALWAYS for version in (*old, *new)]
    return any(
        units_of(action, new, at=start) != units_of(action, old, at=start)
        for start in starts
        if start < until
        for version in old
        for action in version.units
        if units_of(action, old, at=start) is not None
    )
