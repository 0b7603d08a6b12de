"""The usage of a preview: quantities of meters, and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from invoicing.assembly.sample_usage import SampleEvent
from values.fields import Keys, Place, Section

USAGE_KEYS = Keys(("meter", "dimensions", "quantity", "occurred_at"))
EVENT_KEYS = Keys(
    ("idempotency_key", "event_name", "customer", "customer_id", "occurred_at", "properties")
)
MOST_QUANTITIES = 1_000
MOST_EVENTS = 10_000


@dataclass(frozen=True)
class AskedQuantity:
    """A quantity of a meter; None is at any time of the period."""

    meter: str
    dimensions: Mapping[str, str]
    quantity: Decimal
    at: datetime | None


def read_usage(section: Section, *, zone: str) -> tuple[AskedQuantity, ...]:
    """Return the quantities without problems; a plain date is a midnight in the zone."""
    read = [_read_quantity(item, zone) for item in _bounded(section, "usage", MOST_QUANTITIES)]
    return tuple(each for each in read if each is not None)


def read_events(section: Section) -> tuple[SampleEvent, ...]:
    """
    Return the events without problems, each once.

    An event needs no key, and its customer is not looked at: there is none. Two events of one
    key and one body are one, as everywhere; of another body the second is a mistake.
    """
    found: dict[str, SampleEvent] = {}
    for index, item in enumerate(_bounded(section, "events", MOST_EVENTS)):
        event = _read_event(item, default_key=f"event-{index:05}")
        if event is None:
            continue
        earlier = found.setdefault(event.key, event)
        if earlier != event:
            item.below("idempotency_key", None).problem("an event with another body has this key")
    return tuple(found.values())


def _bounded(section: Section, key: str, most: int) -> list[Place]:
    places = section.items(key)
    if len(places) <= most:
        return places
    section.places[key].problem(f"has {len(places):,} items; at most {most:,} are taken")
    return []


def _read_quantity(place: Place, zone: str) -> AskedQuantity | None:
    section = place.section(USAGE_KEYS)
    meter = section.text("meter")
    dimensions_place = section.get("dimensions")
    dimensions = {
        name: _read_value(item)
        for name, item in (dimensions_place.entries() if dimensions_place else ())
        if item.value is not None
    }
    quantity_place = section.need("quantity")
    quantity = quantity_place.decimal() if quantity_place else Decimal(0)
    at = section.instant_or("occurred_at", None, zone=zone)
    return section.build(lambda: AskedQuantity(meter, dimensions, quantity, at))


def _read_value(place: Place) -> str:
    if isinstance(place.value, bool):
        return "true" if place.value else "false"
    return "" if place.value == "" else place.text()


def _read_event(place: Place, *, default_key: str) -> SampleEvent | None:
    section = place.section(EVENT_KEYS)
    key = section.text_or("idempotency_key", default_key)
    event_name = section.text("event_name")
    time_place = section.need("occurred_at")
    occurred_at = time_place.instant("UTC") if time_place else None
    properties_place = section.get("properties")
    properties = dict(properties_place.entries()) if properties_place else {}
    if occurred_at is None:
        return None
    return section.build(
        lambda: SampleEvent(
            key=key,
            event_name=event_name,
            occurred_at=occurred_at,
            properties={name: item.value for name, item in properties.items()},
        )
    )
