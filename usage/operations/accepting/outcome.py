"""What becomes of what was sent, between the door and the store."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from accounts.models import Customer
from usage.intake.sent_event import Fault, SentEvent
from usage.operations.dimension_sets import Combination

Status = Literal["accepted", "duplicate", "conflict", "quarantined", "rejected"]

# Structs, because a request makes ten thousand of each; nothing in them leads back to them,
# so that the collector of cycles need not look.


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """
    What became of one item of a request.

    `faults` is why it was rejected, `reason` and `detail` why it is in quarantine; a conflict
    carries both fingerprints and what was sent (JSON text), `stored` only where that came beside
    it: `with_bodies` completes them. `absent` are group keys that the event does not have,
    `warning` what the sender should know of an accepted one.
    """

    status: Status
    key: UUID | None = None
    idempotency_key: str | None = None
    faults: tuple[Fault, ...] = ()
    reason: str = ""
    detail: str = ""
    warning: str = ""
    sent: str | None = None
    stored: str | None = None
    sent_fingerprint: int | None = None
    stored_fingerprint: int | None = None
    absent: tuple[str, ...] = ()


class Kind(msgspec.Struct, frozen=True, gc=False):
    """The combination of dimensions that an event has at a meter, and the group keys it lacks."""

    combination: Combination
    absent: tuple[str, ...]


class Counted(msgspec.Struct, frozen=True, gc=False):
    """What one meter counts of an event, in the meter's unit."""

    kind: Kind
    quantity: Decimal


class Prepared(msgspec.Struct, frozen=True, gc=False):
    """
    An event ready to be stored: whose it is and what it counts, or why it must wait.

    `occurred_at` is when it counts: of a call the answer. Nothing counted and no reason: no
    meter's filters let it through, and it is kept without being counted.
    """

    sent: SentEvent
    key: UUID
    occurred_at: datetime
    customer: Customer | None
    counted: tuple[Counted, ...] = ()
    reason: str = ""
    detail: str = ""

    @property
    def absent(self) -> tuple[str, ...]:
        """Return the group keys that the event does not have."""
        if len(self.counted) == 1:
            return self.counted[0].kind.absent
        return tuple(sorted({name for counted in self.counted for name in counted.kind.absent}))
