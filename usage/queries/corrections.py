"""What became of events that were taken back, and what others stand in for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from usage.intake.revised_key import revised_key


@dataclass(frozen=True, slots=True)
class Correction:
    """
    Whether an event is void, since when and why, and how it stands to other events.

    `replaced_by` is the key of the event that stands in for it, `replaces` of the one that it
    stands in for.
    """

    voided_at: datetime | None = None
    reason: str = ""
    replaced_by: UUID | None = None
    replaces: UUID | None = None

    @property
    def is_void(self) -> bool:
        """Return whether the event counts no more."""
        return self.voided_at is not None


NOT_CORRECTED = Correction()


def corrections_of(*, keys: Sequence[UUID]) -> dict[UUID, Correction]:
    """Return what is to be said of those of these events that were corrected or discarded."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CORRECTED, [list(keys), [revised_key(key) for key in keys]])
        return {key: Correction(*said) for key, *said in cursor.fetchall()}


# What a backfill made void and was put back stands under the next key, though no void says so.
_CORRECTED = """
    SELECT asked.key, coalesce(v.voided_at, q.resolved_at),
           coalesce(v.reason, q.discarded_reason, ''), coalesce(v.replaced_by, later.key),
           earlier.key
    FROM unnest(%s::uuid[], %s::uuid[]) AS asked (key, next)
    LEFT JOIN usage_void AS v ON v.key = asked.key
    LEFT JOIN usage_quarantinedevent AS q ON q.key = asked.key AND q.discarded_reason <> ''
    LEFT JOIN usage_key AS later ON later.key = asked.next AND v.key IS NOT NULL
    LEFT JOIN usage_void AS earlier ON earlier.replaced_by = asked.key
    WHERE v.key IS NOT NULL OR q.key IS NOT NULL OR earlier.key IS NOT NULL
"""
