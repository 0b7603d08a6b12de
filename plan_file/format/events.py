"""Usage events as a document or a file of events states them."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from values.fields import Keys, Place

KEYS = Keys(
    ("idempotency_key", "event_name", "customer", "customer_id", "occurred_at", "properties")
)


class Event(msgspec.Struct, frozen=True, gc=False):
    """
    One raw usage record.

    ``customer`` is an external id or the id of a subject. Properties hold text,
    whole numbers, flags, None, and lists and mappings of them. A struct and no
    dataclass, because a file has millions of them.
    """

    idempotency_key: str
    event_name: str
    customer: str
    occurred_at: datetime
    properties: Mapping[str, object] = {}


def read_event(place: Place, zone: str) -> Event | None:
    """Return the event, None where it has problems; a plain date is a midnight in the zone."""
    section = place.section(KEYS)
    key = section.text("idempotency_key")
    event_name = section.text("event_name")
    named = [key for key in ("customer_id", "customer") if section.get(key)] or ["customer"]
    customer, *other = map(section.text, named)
    if other not in ([], [customer]):
        section.places["customer_id"].problem("differs from customer")
    time_place = section.need("occurred_at")
    occurred_at = time_place.instant(zone) if time_place else None
    properties_place = section.get("properties")
    properties = dict(properties_place.entries()) if properties_place else {}
    return section.build(
        lambda: (
            Event(
                idempotency_key=key,
                event_name=event_name,
                customer=customer,
                occurred_at=occurred_at,
                properties={name: item.value for name, item in properties.items()},
            )
            if occurred_at is not None
            else None
        )
    )
