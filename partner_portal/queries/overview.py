"""What the first page of a partner shows, gathered in few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import ApiKey, KeyMode, Partner
from partner_portal.queries.keys import keys_of
from partner_portal.queries.received import Received, received_by, sources_of
from usage.models import QuarantinedEvent, UsageAlarm, UsageReceipt
from usage.queries.day_receipts import SENT_BY


@dataclass(frozen=True, slots=True)
class Overview:
    """
    One mode of a partner: what came by the hour, when the last came, what waits.

    `keys` are all of the mode, also those that ended; `customers` are counted while nothing came
    yet, to say what the next step is. `alarms` are the open ones.
    """

    hours: Sequence[Received]
    last_received_at: datetime | None
    waiting: int
    keys: Sequence[ApiKey]
    customers: int
    alarms: Sequence[UsageAlarm] = ()

    @property
    def is_new(self) -> bool:
        """Return whether nothing came in this mode, lately or ever."""
        return self.last_received_at is None and not self.hours


def overview_of(*, partner: Partner, mode: KeyMode, since: datetime, now: datetime) -> Overview:
    """Return what a partner's mode received in `[since, now]`, and how things stand."""
    sources = [source.pk for source in sources_of(partner=partner, mode=mode)]
    last = max(filter(None, map(_last_received_at, sources)), default=None)
    hours = received_by(source_ids=sources, since=since, before=now, step="hour")
    of_mode = partner.customers.filter(is_sandbox=mode == KeyMode.TEST)
    return Overview(
        hours=hours,
        last_received_at=last,
        waiting=QuarantinedEvent.objects.filter(source__in=sources, resolved_at=None).count(),
        keys=list(keys_of(partner=partner, mode=mode)),
        customers=0 if last or hours else of_mode.count(),
        alarms=list(
            UsageAlarm.objects.filter(source__in=sources, closed_at=None).select_related(
                "source__partner"
            )
        ),
    )


def _last_received_at(source_id: int) -> datetime | None:
    # From the receipts, whose index ends there: events of all customers are far too many.
    brought = UsageReceipt.objects.filter(source=source_id, channel__in=SENT_BY, received__gt=0)
    last = brought.order_by("-received_at").first()
    return None if last is None else last.received_at
