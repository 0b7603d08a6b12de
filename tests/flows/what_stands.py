"""What is stored of usage, beside what its senders were told: each event once, or not at all."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Customer
from usage.models import (
    DimensionSet,
    Event,
    EventKey,
    EventVoid,
    Meter,
    QuarantinedEvent,
    Source,
    UsageReceipt,
)
from usage.queries.balance import Balance, balance_of
from usage.store import store
from values.period import Period

EVER = Period(datetime(2019, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC))

Sums = dict[str, tuple[int, Decimal]]
"""By region: how many events, and their minutes."""


def minutes_of(bodies: Iterable[Mapping[str, Any]]) -> Sums:
    """Return what events of calls come to, added up by hand."""
    events: Counter[str] = Counter()
    minutes: dict[str, Decimal] = {}
    for body in bodies:
        region = body["properties"]["region"]
        events[region] += 1
        minutes[region] = minutes.get(region, Decimal(0)) + body["properties"]["duration_minutes"]
    return {region: (count, minutes[region]) for region, count in events.items()}


def minutes_at(customer: Customer) -> Sums:
    """Return what the store adds up of a customer's calls."""
    regions = {each.pk: each.values["region"] for each in DimensionSet.objects.all()}
    found = store.aggregate(
        customer_id=customer.pk,
        meter_ids=list(Meter.objects.values_list("pk", flat=True)),
        slices=[EVER],
        snapshot=store.snapshot(),
    )
    return {regions[each.dimensions_id]: (each.events, each.quantity) for each in found}


def keys_standing(customer: Customer) -> list[str]:
    """Return the idempotency keys of a customer's events that are not void, in order."""
    events = Event.objects.filter(customer=customer).exclude(
        key__in=EventVoid.objects.values("key")
    )
    return sorted(events.values_list("idempotency_key", flat=True))


def contradictions() -> list[str]:
    """Return what does not add up, of both equations of usage and of keys and events."""
    found = [text for source in Source.objects.all() for text in _balance(source).contradictions()]
    keys = EventKey.objects.count()
    waiting = QuarantinedEvent.objects.filter(resolved_at=None).count()
    discarded = QuarantinedEvent.objects.exclude(discarded_reason="").count()
    stored = Event.objects.count()
    if keys != stored + waiting + discarded:
        found.append(f"{keys} keys, but {stored} events, {waiting} waiting, {discarded} discarded")
    return found


def received() -> Counter[str]:
    """Return what the receipts say became of all that came."""
    told: Counter[str] = Counter()
    names = ("accepted", "duplicates", "conflicts", "quarantined", "rejected")
    for counts in UsageReceipt.objects.values_list(*names):
        told.update(dict(zip(names, counts, strict=True)))
    return +told


def _balance(source: Source) -> Balance:
    return balance_of(source_id=source.pk, received_in=EVER)
