"""Which stored usage stands behind a line."""

from dataclasses import dataclass
from datetime import datetime

from invoicing.models import InvoiceLine
from usage.models import DimensionSet


@dataclass(frozen=True, slots=True)
class LineUsage:
    """
    The readings of a meter in `[start, end)` that an invoice's snapshot shows.

    Of one combination of its group keys; None for a line that takes all of them together, as
    tiers, calls and what is included do.
    """

    customer_id: int
    meter_id: int
    dimensions_id: int | None
    start: datetime
    end: datetime
    snapshot: str


def usage_of_line(*, line: InvoiceLine) -> LineUsage | None:
    """
    Return the usage of a line that is loaded with its invoice; None for one that counts none.

    Where a rate looks at more than the group keys it is that of the line's combination, of
    which the line bills those events that its rate matches.
    """
    if line.meter_id is None or line.usage_from is None or line.usage_to is None:
        return None
    return LineUsage(
        customer_id=line.invoice.customer_id,
        meter_id=line.meter_id,
        dimensions_id=line.dimension_set_id or _combination(line),
        start=line.usage_from,
        end=line.usage_to,
        snapshot=line.invoice.usage_snapshot,
    )


def is_whole(line: InvoiceLine) -> bool:
    """Return whether a line's quantity is just the sum of what its events count."""
    counts_alone = all(step.get("step") == "counted" for step in line.trace.get("steps", ()))
    is_per_unit = line.trace.get("model", "per_unit") == "per_unit"
    return line.dimension_set_id is not None and is_per_unit and counts_alone


def _combination(line: InvoiceLine) -> int | None:
    if not line.dimensions or line.meter_id is None:
        return None
    own = DimensionSet.objects.filter(meter_id=line.meter_id, values=line.dimensions)
    return own.values_list("pk", flat=True).first()
