"""The first rows of a file as the events that they would become, for reading."""

from collections.abc import Sequence
from dataclasses import dataclass

from usage.files.cells import is_empty
from usage.intake.sent_event import Rejected, SentEvent
from usage.queries.files.sample import PreviewedRow


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """An event of the preview; `mistakes` are why it is none."""

    row: int
    customer: str = ""
    event_name: str = ""
    idempotency_key: str = ""
    occurred_at: str = ""
    properties: tuple[tuple[str, str], ...] = ()
    mistakes: tuple[str, ...] = ()
    is_left_out: bool = False


def shown_events(rows: Sequence[PreviewedRow]) -> list[ShownEvent]:
    """Return what the rows become; one that is left out says so."""
    shown: list[ShownEvent] = []
    for previewed in rows:
        number = previewed.row.number
        shown += [_shown(number, event) for event in previewed.events]
        if not previewed.events:
            shown.append(ShownEvent(number, is_left_out=True))
    return shown


def _shown(number: int, event: SentEvent | Rejected) -> ShownEvent:
    if isinstance(event, Rejected):
        return ShownEvent(number, mistakes=tuple(fault.detail for fault in event.faults))
    at = event.occurred_at
    return ShownEvent(
        number,
        customer=event.customer,
        event_name=event.event_name,
        idempotency_key=event.idempotency_key or "",
        occurred_at="" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC",
        properties=tuple(
            (name, str(value)) for name, value in event.properties.items() if not is_empty(value)
        ),
    )
