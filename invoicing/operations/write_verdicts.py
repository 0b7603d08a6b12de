"""Telling the usage side what pricing decided, where events are looked at."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from invoicing.models import Invoice, InvoiceLine
from invoicing.operations.write_amounts import usage_span
from invoicing.queries.computation import Computation
from usage.metering.quantity import Quantity
from usage.models import RatingVerdict, Verdict


def write_verdicts(
    *, invoice: Invoice, computation: Computation, now: datetime, is_final: bool
) -> None:
    """
    Replace the verdicts on the invoice's usage by those of its computation.

    What was said while no contract covered that time is taken back.
    """
    RatingVerdict.objects.filter(invoice=invoice.public_id).delete()
    RatingVerdict.objects.filter(
        customer_id=invoice.customer_id,
        verdict=Verdict.NO_CONTRACT,
        meter_id__in=computation.meter_ids.values(),
        starts_at__gte=invoice.period_start,
        ends_at__lte=invoice.period_end,
    ).delete()
    RatingVerdict.objects.bulk_create(
        RatingVerdict(
            customer_id=invoice.customer_id,
            contract=invoice.contract.public_id,
            invoice=invoice.public_id,
            decided_at=now,
            usage_snapshot=computation.snapshot,
            is_final=is_final,
            **decided,
        )
        for decided in [*_decided(invoice, computation), *_without_line(computation)]
    )


def _decided(invoice: Invoice, computation: Computation) -> Iterator[dict[str, Any]]:
    result = computation.result
    rows = InvoiceLine.objects.filter(invoice=invoice).order_by("position")
    fallback = {
        (unmatched.price, part): unmatched.hint
        for unmatched in result.unmatched
        for part in unmatched.slices
    }
    for line, row in zip(result.lines, rows, strict=True):
        if line.meter is None or usage_span(line) is None:
            continue
        for part in line.slices:
            is_fallback = (line.price, part) in fallback
            yield {
                **_usage(computation, line.meter, part),
                "verdict": Verdict.FALLBACK if is_fallback else Verdict.RATED,
                "hint": fallback.get((line.price, part)),
                "price": line.price,
                "line": row.public_id,
            }
    meters = computation.meter_of_price
    for refused in result.quarantined:
        for part in refused.slices:
            yield {
                **_usage(computation, meters[refused.price], part),
                "verdict": Verdict.NO_RATE,
                "hint": refused.hint,
                "price": refused.price,
            }
    for unpriced in result.unpriced:
        for part in unpriced.slices:
            yield {
                **_usage(computation, unpriced.meter, part),
                "verdict": Verdict.UNPRICED,
            }


def _without_line(computation: Computation) -> Iterator[dict[str, Any]]:
    """Yield what adds up to no quantity, and so was rated at nothing without a line."""
    result = computation.result
    told = {(line.meter, part) for line in result.lines for part in line.slices}
    told |= {(unpriced.meter, part) for unpriced in result.unpriced for part in unpriced.slices}
    told |= {
        (computation.meter_of_price[refused.price], part)
        for refused in result.quarantined
        for part in refused.slices
    }
    for meter, parts in computation.quantities.items():
        for part in parts:
            if (meter, part) not in told:
                yield {**_usage(computation, meter, part), "verdict": Verdict.RATED}


def _usage(computation: Computation, meter: str, part: Quantity) -> Mapping[str, Any]:
    return {
        "meter_id": computation.meter_ids[meter],
        "dimensions_id": computation.dimension_ids[meter, part.dimensions],
        "starts_at": part.period.start,
        "ends_at": part.period.end,
        "quantity": part.quantity,
        "events": part.events,
    }
