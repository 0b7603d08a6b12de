"""From what was sent to what can be stored: attributed and measured, or why it must wait."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from usage.intake.sent_event import Rejected, SentEvent, event_key_of
from usage.metering.measurement import UnknownAction
from usage.models import QuarantineReason, Source
from usage.operations.accepting.attribute import Attributor, Meters
from usage.operations.accepting.door import at_the_door
from usage.operations.accepting.measure import Count, counting
from usage.operations.accepting.outcome import Counted, Prepared
from usage.operations.measure_event import CountingMeter
from usage.queries.attribution import Attribution, meters_by_event_name


class _Batch(NamedTuple):
    """What is looked up once for many events."""

    source_id: int
    attributor: Attributor
    counts: dict[tuple[int, str], list[Count]]


def prepare_events(
    *, source: Source, items: Sequence[SentEvent | Rejected], now: datetime
) -> list[Prepared | Rejected]:
    """
    Return each event attributed and measured as of `now`; the rejected stay as they are.

    What their source does not keep of them is masked or gone.
    """
    batch = _batch(source, [item for item in items if isinstance(item, SentEvent)], now=now)
    prepared: list[Prepared | Rejected] = []
    for item in items:
        if isinstance(item, Rejected):
            prepared.append(item)
            continue
        try:
            prepared.append(_prepare(item, batch))
        except Rejected as rejected:
            prepared.append(rejected)
    return at_the_door(prepared, source=source)


def _batch(source: Source, events: Sequence[SentEvent], *, now: datetime) -> _Batch:
    attribution = Attribution(source=source, references={event.customer for event in events})
    meters = _meters(attribution, events)
    return _Batch(
        source.pk,
        Attributor(attribution, meters=meters, now=now),
        {
            (entity_id, name): [counting(meter, event_name=name) for meter in found]
            for (entity_id, name), found in meters.items()
        },
    )


def _meters(attribution: Attribution, events: Sequence[SentEvent]) -> Meters:
    rows = meters_by_event_name(
        legal_entity_ids=attribution.legal_entity_ids(),
        event_names={event.event_name for event in events},
    )
    return {key: [CountingMeter(row, row.terms()) for row in found] for key, found in rows.items()}


def _prepare(event: SentEvent, batch: _Batch) -> Prepared:
    # Where its properties are read from its text, that is done once for all who ask.
    read = event if event.held is not None else replace(event, held=event.properties)
    customer, at = batch.attributor.attribute(read)
    key = event_key_of(batch.source_id, event.idempotency_key or "")
    if customer is None:
        return Prepared(
            event, key, at, None,
            reason=QuarantineReason.UNKNOWN_CUSTOMER,
            detail=f"no customer of yours has the id {event.customer!r}, and no subject "
            "of that name was held at the time",
        )  # fmt: skip
    counts = batch.counts.get((customer.legal_entity_id, event.event_name))
    if not counts:
        return Prepared(
            event, key, at, customer,
            reason=QuarantineReason.UNKNOWN_EVENT_NAME,
            detail=f"no meter counts events named {event.event_name!r}",
        )  # fmt: skip
    try:
        return Prepared(event, key, at, customer, _counted(read, counts, at))
    except UnknownAction as error:
        return Prepared(
            event, key, at, customer, reason=QuarantineReason.UNKNOWN_ACTION, detail=str(error)
        )


def _counted(event: SentEvent, counts: Sequence[Count], at: datetime) -> tuple[Counted, ...]:
    if len(counts) == 1:
        only = counts[0](event, at)
        return () if only is None else (only,)
    found = [count(event, at) for count in counts]
    return tuple([counted for counted in found if counted is not None])
