"""What the meters of an event's name count of it, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from usage.intake.json_body import escaped
from usage.intake.sent_event import EARLIEST_YEAR, Fault, Rejected, SentEvent
from usage.metering.call_time import ANSWER_AT, event_time
from usage.metering.filters import passes
from usage.metering.measurement import Measurement, MeasurementError, UnknownAction, measure
from usage.metering.meter import Meter as MeterTerms
from usage.models import Meter

FURTHEST_AHEAD = timedelta(days=366)
# No call or task counts more. One slip of a sender, priced, would leave the columns of money,
# and the customer without invoices.
LARGEST_QUANTITY = 10**12
TAKEN_BACK = Measurement(Decimal(0), {}, ())
"""What an event counts that only takes back what others counted."""


@dataclass(frozen=True, slots=True)
class CountingMeter:
    """A meter's row and what it counts, made once for many events."""

    row: Meter
    terms: MeterTerms

    def counts(self, event: SentEvent) -> bool:
        """Return whether events of this name are counted; others take back what was."""
        return event.event_name == self.terms.event_name


def counted_at(
    event: SentEvent, meters: Sequence[CountingMeter], *, occurred_at: datetime, latest: datetime
) -> datetime:
    """
    Return when the event counts: a call that one of the meters counts when it is answered.

    :raises Rejected: the answer is no time, before the year 2000, or after `latest`.
    """
    for meter in meters:
        if meter.terms.calls and meter.counts(event) and passes(meter.terms, event.properties):
            try:
                at = event_time(meter.terms, event.properties, occurred_at).at
            except MeasurementError as error:
                raise Rejected(Fault(error.pointer, error.code, str(error))) from error
            if at.year < EARLIEST_YEAR or at > latest:
                reason = f"'{ANSWER_AT}' lies before {EARLIEST_YEAR} or more than a year ahead"
                raise Rejected(Fault(f"/properties/{ANSWER_AT}", "out_of_range", reason))
            return at
    return occurred_at


def measured_by(
    event: SentEvent, meters: Sequence[CountingMeter], *, at: datetime
) -> tuple[tuple[Meter, Measurement], ...]:
    """
    Return what each meter whose filters let the event through counts of it.

    An event that takes back what a meter counted is kept as its reading of 0, whatever its
    properties: what it means is up to the price.

    :raises Rejected: a meter cannot read it.
    :raises UnknownAction: it takes no known number of credits at its time.
    """
    return tuple(
        (meter.row, _measured(meter.terms, event, at) if meter.counts(event) else TAKEN_BACK)
        for meter in meters
        if not meter.counts(event) or passes(meter.terms, event.properties)
    )


def _measured(meter: MeterTerms, event: SentEvent, at: datetime) -> Measurement:
    try:
        measured = measure(meter, event.properties, at=at)
    except UnknownAction:
        raise
    except MeasurementError as error:
        raise Rejected(Fault(error.pointer, error.code, str(error))) from error
    if abs(measured.value) > LARGEST_QUANTITY:
        name = meter.property or meter.action_property or ""
        reason = f"'{name}' is more than {LARGEST_QUANTITY:,} in one event"
        raise Rejected(Fault(f"/properties/{escaped(name)}", "out_of_range", reason))
    return measured
