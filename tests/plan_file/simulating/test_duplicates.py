from datetime import UTC, datetime

from plan_file.format.events import Event
from plan_file.simulating.duplicates import Seen, Sighting
from plan_file.simulating.event_body import packed

AT = datetime(2026, 3, 1, tzinfo=UTC)


def _sightings(*events: Event) -> list[Sighting]:
    seen = Seen()
    return [seen.see(event, packed(event.properties)) for event in events]


def test_one_key_and_one_body_are_one_event() -> None:
    event = Event("k", "call", "acme", AT, {"minutes": 5})
    same = Event("k", "call", "acme", AT, {"minutes": "5"})

    assert _sightings(event, same, event) == [
        Sighting.FIRST,
        Sighting.DUPLICATE,
        Sighting.DUPLICATE,
    ]


def test_another_name_customer_time_or_property_is_another_body() -> None:
    event = Event("k", "call", "acme", AT, {"minutes": "5"})
    others = [
        Event("k", "chat", "acme", AT, {"minutes": "5"}),
        Event("k", "call", "basil", AT, {"minutes": "5"}),
        Event("k", "call", "acme", AT.replace(microsecond=1), {"minutes": "5"}),
        Event("k", "call", "acme", AT, {"minutes": "6"}),
        Event("k", "call", "acme", AT, {}),
    ]

    assert _sightings(event, *others) == [Sighting.FIRST, *[Sighting.CONFLICT] * len(others)]


def test_long_keys_are_told_apart_to_their_last_character() -> None:
    keys = ["x" * 400 + end for end in ("a", "b", "a")]

    assert _sightings(*(Event(key, "call", "acme", AT) for key in keys)) == [
        Sighting.FIRST,
        Sighting.FIRST,
        Sighting.DUPLICATE,
    ]
