"""One page of the events that a partner may see, and one of them."""

from uuid import UUID

from django.db.models import Subquery

from accounts.models import Customer, KeyMode, Partner
from accounts.queries.partner_customers import partner_customer
from partner_portal.queries.reach import key_of_mode
from partner_portal.queries.received import sources_of
from usage.intake.sent_event import event_key_of
from usage.models import Event, EventKey
from usage.queries.sent_events import EventFilter, Position, SeenEvent, seen_event, seen_events


def listed_events(
    *,
    partner: Partner,
    mode: KeyMode,
    wanted: EventFilter,
    idempotency_key: str = "",
    after: Position | None,
    limit: int,
) -> list[SeenEvent]:
    """
    Return at most `limit` events, the latest first; `after` is the last of the page before.

    With an idempotency key, the one event that the partner sent under it, if it fits.
    """
    if not idempotency_key:
        key = key_of_mode(partner=partner, mode=mode)
        return seen_events(key=key, wanted=wanted, after=after, limit=limit)
    for source in sources_of(partner=partner, mode=mode):
        found = event_of(
            partner=partner, mode=mode, event_key=event_key_of(source.pk, idempotency_key)
        )
        if found is not None and _fits(found, wanted):
            return [found]
    return []


def event_of(*, partner: Partner, mode: KeyMode, event_key: UUID) -> SeenEvent | None:
    """Return the event with this key, None where the partner sees none in this mode."""
    return seen_event(key=key_of_mode(partner=partner, mode=mode), event_key=event_key)


def mode_of(*, event_key: UUID) -> KeyMode | None:
    """Return the mode of a stored event with this key, None where none is stored."""
    at = EventKey.objects.filter(key=event_key).values("occurred_at")
    stored = Event.objects.filter(occurred_at=Subquery(at), key=event_key)
    sandbox = stored.values_list("customer__is_sandbox", flat=True).first()
    return None if sandbox is None else KeyMode.TEST if sandbox else KeyMode.LIVE


def customer_of(*, partner: Partner, mode: KeyMode, reference: str) -> Customer | None:
    """Return the partner's customer with this id, ours or the external one."""
    return partner_customer(key=key_of_mode(partner=partner, mode=mode), reference=reference)


def _fits(event: SeenEvent, wanted: EventFilter) -> bool:
    return (
        wanted.event_name in (None, event.event_name)
        and wanted.customer in (None, event.customer)
        and wanted.status in (None, event.status)
        and (wanted.since is None or wanted.since <= event.occurred_at)
        and (wanted.before is None or event.occurred_at < wanted.before)
    )
