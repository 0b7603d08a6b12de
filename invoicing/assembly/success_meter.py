"""What a success is worth: the meter of a price, asked for single events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from invoicing.assembly.terms import ContractTerms, rated_properties
from invoicing.rating.price import PriceTerms
from usage.metering.filters import passes
from usage.metering.measurement import Measurement, MeasurementError, measure
from usage.metering.meter import Meter
from usage.metering.quantity import MeteredEvent, Quantity, Reading
from values.period import Period

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SuccessMeter:
    """The meter of a price; `also` are the properties that rates of the contract look at."""

    meter: Meter
    also: tuple[str, ...]

    @classmethod
    def of(cls, terms: ContractTerms, price: PriceTerms) -> SuccessMeter:
        """Return the one of a price that counts usage."""
        code = price.meter or ""
        return cls(terms.meters[code], rated_properties(terms, code))

    def measured(self, event: MeteredEvent) -> Measurement | None:
        """Return what the meter makes of an event; None where it does not take or understand it."""
        if not passes(self.meter, event.properties):
            return None
        try:
            return measure(self.meter, event.properties, at=event.occurred_at, also=self.also)
        except MeasurementError:
            # Listed where usage is measured; it is no result of anything.
            return None

    def reading(self, event: MeteredEvent) -> Reading:
        """Return what an event that can be measured adds, in the instant of its own time."""
        measured = self.measured(event)
        assert measured is not None, "only what the meter measures was read"
        period = Period(event.occurred_at, event.occurred_at + _INSTANT)
        dimensions = tuple(sorted(measured.dimensions.items()))
        return Reading(event, Quantity(dimensions, period, measured.value, 1), measured.value)
