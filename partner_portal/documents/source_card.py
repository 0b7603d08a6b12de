"""A source as its partner's people read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import ApiKey, KeyMode
from charts.stacked_bars import StackedBars
from invoicing.documents.formats import quantity
from partner_portal.documents.lately import Lately
from partner_portal.documents.received_chart import received_chart, total
from partner_portal.documents.times import instant
from partner_portal.queries.received import Received
from usage.models import Source

_DONE = {"keep": "kept", "mask": "masked", "drop": "dropped"}


@dataclass(frozen=True, slots=True)
class SourceCard:
    """One mode: which keys reach it, and what it received in the last 30 days."""

    mode: str
    title: str
    keys: str
    last_used: str
    received: str
    facts: tuple[tuple[str, str], ...]
    chart: StackedBars
    rules: str
    lately: Lately | None = None


def source_card(
    *,
    mode: KeyMode,
    found: Sequence[Received],
    keys: Sequence[ApiKey],
    now: datetime,
    source: Source | None = None,
    lately: Lately | None = None,
) -> SourceCard:
    """Return the card of a mode from what it received by day, all its keys and its rules."""
    counts = total(found)
    used = [key.last_used_at for key in keys if key.last_used_at is not None]
    return SourceCard(
        mode=mode.value,
        title=mode.label,
        keys=quantity(Decimal(sum(key.is_usable(now=now) for key in keys)), "key"),
        last_used=instant(max(used)) if used else "Not yet",
        received=quantity(Decimal(counts.received), "event") if counts.received else "",
        facts=tuple(
            (words, quantity(Decimal(count)))
            for words, count in (
                ("Received", counts.received),
                ("Accepted", counts.accepted),
                ("Quarantined", counts.quarantined),
                ("Duplicates", counts.duplicates),
                ("Conflicts", counts.conflicts),
                ("Rejected", counts.rejected),
            )
        ),
        chart=received_chart(found=found, step="day", now=now, key=f"received-{mode.value}"),
        rules=_rules_words(source),
        lately=lately,
    )


def _rules_words(source: Source | None) -> str:
    """Return ``all others kept; caller_name dropped, from_number masked``."""
    if source is None or source.keeps_all:
        return "everything is kept as it came"
    named = ", ".join(
        f"{path} {_DONE[keeping]}" for path, keeping in sorted(source.property_rules.items())
    )
    others = _DONE[source.other_properties]
    return f"{named}; all others {others}" if named else f"all {others}"
