"""The receipt of what came at once."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from accounts.prepared import run_prepared
from usage.models import Channel, Source
from usage.operations.accepting.outcome import Outcome


def write_receipt(
    outcomes: Iterable[Outcome], *, source: Source, channel: Channel, now: datetime
) -> None:
    """Write the counts of these outcomes, in the transaction that stored the events."""
    counted = Counter([outcome.status for outcome in outcomes])
    run_prepared(
        "INSERT INTO usage_receipt (source_id, received_at, channel, received, accepted,"
        " duplicates, conflicts, quarantined, rejected)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            source.pk,
            now,
            channel.value,
            counted.total(),
            counted["accepted"],
            counted["duplicate"],
            counted["conflict"],
            counted["quarantined"],
            counted["rejected"],
        ],
    )
