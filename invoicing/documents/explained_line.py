"""Why a line costs what it costs, before it is stored: in the words of the invoice line's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from invoicing.documents.explanation import Counted, Explanation, explained
from invoicing.documents.formats import days
from invoicing.rating.lines import Line, Unmatched
from invoicing.rating.trace import RateSource
from usage.metering.meter import Meter
from values.exact import plain


def explained_line(
    line: Line,
    *,
    meters: Mapping[str, Meter],
    unmatched: Iterable[Unmatched] = (),
    zone: str,
    seller_zone: str,
) -> Explanation:
    """
    Return the explanation of a line.

    `unmatched` is what its invoice billed at fallback rates. Days are those of `zone`, the
    customer's; versions take effect in days of the seller's.
    """
    meter = meters.get(line.meter or "")
    counted = Counted(
        quantity=Decimal(plain(line.quantity)),
        unit=line.unit or "",
        rate=line.unit_price,
        exact_amount=Decimal(plain(line.exact_amount)),
        amount=line.amount,
        currency=line.currency,
        time=days(line.period, zone),
        meter=meter.display_name if meter else "",
        summed=(meter.property or "") if meter else "",
        keys=meter.group_keys if meter else (),
        dimensions=dict(line.dimensions),
        events=line.events,
        aggregation=_aggregation(meter) if meter else "",
    )
    return explained(
        trace=line.trace.as_json(),
        counted=counted,
        hint=missed_spelling(line, unmatched),
        zone=seller_zone,
    )


def missed_spelling(line: Line, unmatched: Iterable[Unmatched]) -> Mapping[str, str]:
    """Return the values with which a line at the fallback rate would have found its own."""
    if line.trace.source is not RateSource.FALLBACK:
        return {}
    for missed in unmatched:
        if (missed.price, missed.dimensions) == (line.price, line.dimensions) and missed.hint:
            return missed.hint
    return {}


def _aggregation(meter: Meter) -> str:
    if meter.calls:
        return "calls"
    return "credits" if meter.action_property else meter.aggregation.value
