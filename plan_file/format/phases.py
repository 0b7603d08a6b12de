"""Phases: what a contract becomes on a date, a ramp of its fees or another plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from invoicing.rating.overrides import PriceOverride
from values.fields import Keys

KEYS = Keys(("from", "plan", "overrides"))


@dataclass(frozen=True)
class Phase:
    """
    A change of the contract at a local midnight.

    ``plan`` is None where the one before stays; ``overrides`` are those that it names.
    """

    starts_at: datetime
    plan: str | None = None
    overrides: Mapping[str, PriceOverride] = field(default_factory=dict)


@dataclass(frozen=True)
class Stretch:
    """A part of the contract's time with all that holds in it; no end is for ever."""

    starts_at: datetime
    ends_at: datetime | None
    plan: str
    overrides: Mapping[str, PriceOverride]

    def overlaps(self, other: "Stretch") -> bool:
        """Return whether both run at some instant."""
        return (other.ends_at is None or self.starts_at < other.ends_at) and (
            self.ends_at is None or other.starts_at < self.ends_at
        )


def stretches(first: Stretch, phases: Sequence[Phase]) -> tuple[Stretch, ...]:
    """
    Return the parts of a contract's time, ``first`` being the contract without its phases.

    A phase keeps what it does not name, also what an earlier one changed; a price that it
    names has its override alone. The phases are in the order of time, inside the contract's;
    one at its start leaves nothing of the contract before it.
    """
    found: list[Stretch] = []
    current = first
    for phase in phases:
        if phase.starts_at > current.starts_at:
            found.append(
                Stretch(current.starts_at, phase.starts_at, current.plan, current.overrides)
            )
        current = Stretch(
            starts_at=phase.starts_at,
            ends_at=first.ends_at,
            plan=phase.plan or current.plan,
            overrides={**current.overrides, **phase.overrides},
        )
    return (*found, current)
