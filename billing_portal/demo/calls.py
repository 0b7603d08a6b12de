"""Made-up usage: the same for the same days, by a seed."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

REGIONS = ("US", "US", "US", "US", "EU", "EU", "APAC")
OUTCOMES = ("resolved", "resolved", "resolved", "transferred", "escalated")
CHANNELS = ("web", "web", "whatsapp")
SIX_CALLS = (
    ("US", "resolved", 5),
    ("US", "resolved", 8),
    ("US", "transferred", 12),
    ("EU", "resolved", 6),
    ("EU", "escalated", 15),
    ("APAC", "resolved", 4),
)


def months_of_usage(
    customer: str, *, start: datetime, end: datetime, calls_a_day: int, chats_a_day: int
) -> Iterator[dict[str, Any]]:
    """Yield the bodies of a customer's events from `start` up to `end`."""
    chance = random.Random(customer)  # noqa: S311  nothing here is a secret
    day = start
    number = 0
    while day < end:
        weekend = day.weekday() >= 5
        for name, often in (("AI_CALL", calls_a_day), ("AI_CHAT", chats_a_day)):
            for _ in range(chance.randint(0, often) // (3 if weekend else 1)):
                number += 1
                at = day + timedelta(seconds=chance.randint(8 * 3600, 20 * 3600))
                if at < end:
                    yield _body(customer, name, f"{customer}-{number}", at, chance)
        day += timedelta(days=1)


def worked_example(customer: str, *, start: datetime) -> Iterator[dict[str, Any]]:
    """Yield the six calls whose bill is known by heart: 21.35."""
    for number, (region, outcome, minutes) in enumerate(SIX_CALLS, start=1):
        yield {
            "customer_id": customer,
            "event_name": "AI_CALL",
            "idempotency_key": f"call-{number}",
            "occurred_at": (start + timedelta(hours=2 * number)).isoformat(),
            "properties": {
                "region": region, "call_outcome": outcome, "duration_minutes": minutes,
            },
        }  # fmt: skip


def odd_ones(*, at: datetime) -> Iterator[dict[str, Any]]:
    """Yield what goes wrong in real life: another spelling, an unknown number, a wrong name."""
    usual = {"region": "US", "call_outcome": "resolved", "duration_minutes": 2}
    named: dict[str, Any] = {"event_name": "AI_CALL", "occurred_at": at.isoformat()}
    yield {
        **named,
        "customer_id": "basil",
        "idempotency_key": "odd-1",
        "properties": {**usual, "region": "us"},
    }
    yield {
        **named,
        "customer_id": "+13125550199",
        "idempotency_key": "odd-2",
        "properties": usual,
    }
    yield {
        **named,
        "customer_id": "harbor",
        "event_name": "AI_CALLS",
        "idempotency_key": "odd-3",
        "properties": usual,
    }


def _body(
    customer: str, name: str, key: str, at: datetime, chance: random.Random
) -> dict[str, Any]:
    properties: dict[str, Any]
    if name == "AI_CALL":
        properties = {
            "region": chance.choice(REGIONS),
            "call_outcome": chance.choice(OUTCOMES),
            "duration_minutes": chance.randint(1, 14),
        }
    else:
        properties = {"channel": chance.choice(CHANNELS)}
    return {
        "customer_id": customer,
        "event_name": name,
        "idempotency_key": key,
        "occurred_at": at.isoformat(),
        "properties": properties,
    }
