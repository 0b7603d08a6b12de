"""Replaying all that waits for a reason, told before it is asked for."""

from dataclasses import dataclass
from decimal import Decimal

from invoicing.documents.formats import quantity
from partner_portal.documents.reasons import Reason, reason_of
from usage.queries.quarantine_causes import OfReason


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """
    How many events wait for a reason, and what became of those that were looked at.

    `named` is the one name of all of them, empty where any was asked for.
    """

    reason: Reason
    named: str
    events: str
    names: str
    looked_at: str
    are_all: bool
    would_count: str
    would_wait: str


def replay_plan(
    *, reason: str, named: str, found: OfReason, looked_at: int, would_count: int
) -> ReplayPlan:
    """Return what a page says before a replay; the first `looked_at` events were looked at."""
    return ReplayPlan(
        reason=reason_of(reason),
        named=named,
        events=quantity(Decimal(found.events), "event"),
        names=quantity(Decimal(found.names), "name"),
        looked_at=quantity(Decimal(looked_at), "event"),
        are_all=looked_at >= found.events,
        would_count=quantity(Decimal(would_count)),
        would_wait=quantity(Decimal(looked_at - would_count)),
    )
