"""How the quantity of a period came from its events: the steps before any price is looked at."""

from __future__ import annotations

from collections.abc import Sequence

from invoicing.rating.trace_steps import StepKind, TraceStep
from usage.metering.meter import Meter
from usage.metering.quantity import Quantity
from usage.metering.rounding import converted, rounded
from values.exact import plain, total


def quantity_steps(meter: Meter, counted: Sequence[Quantity]) -> tuple[TraceStep, ...]:
    """
    Return the steps of quantities that are one: counted, rounded, converted.

    None where nothing was done but adding up.
    """
    rounding, conversion = meter.quantity_rounding, meter.unit_conversion
    if rounding is None and conversion is None:
        return ()
    quantity = total(part.quantity for part in counted)
    events = sum(part.events for part in counted)
    steps = [
        TraceStep(
            StepKind.COUNTED,
            {
                "quantity": plain(quantity),
                "events": str(events),
                "aggregation": meter.aggregation.value,
            },
        )
    ]
    if rounding is not None:
        before, quantity = quantity, rounded(quantity, rounding)
        values = {"from": plain(before), "to": plain(quantity)}
        values |= {"mode": rounding.mode.value, "places": str(rounding.places)}
        steps.append(TraceStep(StepKind.ROUNDED_QUANTITY, values))
    if conversion is not None:
        values = {
            "from": plain(quantity),
            "unit": meter.unit or "",
            "divide_by": plain(conversion.divide_by),
            "to": plain(converted(quantity, conversion)),
            "label": conversion.label,
            "round": "up" if conversion.rounds_up else "none",
        }
        steps.append(TraceStep(StepKind.CONVERTED, values))
    return tuple(steps)
