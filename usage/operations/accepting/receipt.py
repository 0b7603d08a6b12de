"""The receipt of what came at once."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from usage.models import Channel, Source, UsageReceipt
from usage.operations.accepting.outcome import Outcome


def write_receipt(
    outcomes: Iterable[Outcome], *, source: Source, channel: Channel, now: datetime
) -> None:
    """Write the counts of these outcomes, in the transaction that stored the events."""
    counted = Counter([outcome.status for outcome in outcomes])
    UsageReceipt.objects.create(
        source=source,
        received_at=now,
        channel=channel,
        received=counted.total(),
        accepted=counted["accepted"],
        duplicates=counted["duplicate"],
        conflicts=counted["conflict"],
        quarantined=counted["quarantined"],
        rejected=counted["rejected"],
    )
