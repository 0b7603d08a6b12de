"""Telling the usage side what pricing decided, where events are looked at."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from invoicing.models import Invoice, InvoiceLine
from invoicing.operations.write_amounts import usage_span
from invoicing.queries.computation import Computation
from invoicing.rating.lines import QuarantineReason
from usage.metering.combination import grouped
from usage.metering.quantity import Dimensions, Quantity
from usage.models import RatingVerdict, Verdict
from usage.queries.judged_readings import judged_readings
from values.exact import EXACT
from values.number import as_shown
from values.period import Period


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
        for decided in _decided(invoice, computation)
    )


def _decided(invoice: Invoice, computation: Computation) -> Iterator[dict[str, Any]]:
    """
    Yield the verdict on each combination and stretch, those on single events first.

    Of two that cover an event the first one holds.
    """
    told: Counter[tuple[str, Dimensions, Period]] = Counter()
    amounts: dict[tuple[str, Dimensions, Period], Decimal] = defaultdict(Decimal)
    yield from _on_single_events(invoice, computation)
    for meter, part, verdict in _on_sums(invoice, computation):
        place = meter, part.dimensions, part.period
        told[place] += part.events
        amounts[place] += as_shown(part.quantity)
        yield {**_usage(computation, meter, part), **verdict}
    lines = _lines_of_meters(invoice, computation)
    for meter, parts in computation.quantities.items():
        for part in parts:
            place = meter, part.dimensions, part.period
            if told[place] >= part.events:
                continue
            left = EXACT.subtract(as_shown(part.quantity), amounts[place])
            rest = replace(part, quantity=left, events=part.events - told[place])
            yield {**_usage(computation, meter, rest), **_rated(lines.get(meter, ()), part)}


def _on_single_events(invoice: Invoice, computation: Computation) -> Iterator[dict[str, Any]]:
    for refused in computation.result.quarantined:
        meter_id = computation.meter_ids[computation.meter_of_price[refused.price]]
        for judged in judged_readings(
            customer_id=invoice.customer_id,
            meter_id=meter_id,
            span=Period(invoice.period_start, invoice.period_end),
            idempotency_keys=refused.keys,
            snapshot=computation.snapshot,
        ):
            yield {
                "meter_id": meter_id,
                "dimensions_id": judged.dimensions_id,
                "starts_at": judged.occurred_at,
                "ends_at": judged.occurred_at + _INSTANT,
                "quantity": judged.quantity,
                "events": judged.events,
                "verdict": _VERDICTS[refused.reason],
                "hint": refused.hint,
                "price": refused.price,
            }


def _on_sums(
    invoice: Invoice, computation: Computation
) -> Iterator[tuple[str, Quantity, dict[str, Any]]]:
    """Yield what is said of whole combinations: fallback, no rate, no price."""
    result = computation.result
    lines = _lines_of_meters(invoice, computation)
    for unmatched in result.unmatched:
        meter = computation.meter_of_price[unmatched.price]
        for part in _kept_apart(computation, meter, unmatched.slices):
            said = _rated(lines.get(meter, ()), part)
            yield meter, part, {**said, "verdict": Verdict.FALLBACK, "hint": unmatched.hint}
    for refused in result.quarantined:
        meter = computation.meter_of_price[refused.price]
        for part in () if refused.keys else _kept_apart(computation, meter, refused.slices):
            said = {"verdict": _VERDICTS[refused.reason], "price": refused.price}
            yield meter, part, {**said, "hint": refused.hint}
    for unpriced in result.unpriced:
        for part in _kept_apart(computation, unpriced.meter, unpriced.slices):
            yield unpriced.meter, part, {"verdict": Verdict.UNPRICED}


def _kept_apart(
    computation: Computation, meter: str, slices: Iterable[Quantity]
) -> Iterator[Quantity]:
    """
    Yield the slices by the combinations and stretches that the store keeps apart.

    Rates may look at more properties than those: such slices are added up. Of units that are
    not metered ones (a conversion) the store's sum is told.
    """
    stored = {(part.dimensions, part.period): part for part in computation.quantities[meter]}
    keys = computation.group_keys[meter]
    found: dict[tuple[Dimensions, Period], tuple[Decimal, int]] = {}
    for part in slices:
        place = grouped(part.dimensions, keys), part.period
        quantity, events = found.get(place, (Decimal(0), 0))
        found[place] = EXACT.add(quantity, as_shown(part.quantity)), events + part.events
    for place, (quantity, events) in sorted(found.items()):
        if place in stored and stored[place].events <= events:
            yield stored[place]
        elif place in stored:
            yield Quantity(*place, quantity, events)


@dataclass(frozen=True, slots=True)
class _BillingLine:
    """A line that bills usage: of these combinations and stretches, or all of its time."""

    price: str
    public_id: str
    span: Period
    places: frozenset[tuple[Dimensions, datetime]]

    def bills(self, part: Quantity) -> bool:
        return (part.dimensions, part.period.start) in self.places

    def may_bill(self, part: Quantity) -> bool:
        return self.span.contains(part.period.start)


def _lines_of_meters(
    invoice: Invoice, computation: Computation
) -> Mapping[str, Sequence[_BillingLine]]:
    rows = InvoiceLine.objects.filter(invoice=invoice).order_by("position")
    found: dict[str, list[_BillingLine]] = {}
    for line, row in zip(computation.result.lines, rows, strict=True):
        span = usage_span(line)
        if line.meter is not None and span is not None:
            places = frozenset((part.dimensions, part.period.start) for part in line.slices)
            found.setdefault(line.meter, []).append(
                _BillingLine(line.price, row.public_id, span, places)
            )
    return found


def _rated(lines: Sequence[_BillingLine], part: Quantity) -> dict[str, Any]:
    """Return that the part is rated, with its line; some add up to nothing and have none."""
    line = next((line for line in lines if line.bills(part)), None) or next(
        (line for line in lines if line.may_bill(part) and not any(d for d, _ in line.places)),
        None,
    )
    said: dict[str, Any] = {"verdict": Verdict.RATED}
    return said if line is None else {**said, "price": line.price, "line": line.public_id}


def _usage(computation: Computation, meter: str, part: Quantity) -> Mapping[str, Any]:
    return {
        "meter_id": computation.meter_ids[meter],
        "dimensions_id": computation.dimension_ids[meter, part.dimensions],
        "starts_at": part.period.start,
        "ends_at": part.period.end,
        "quantity": as_shown(part.quantity),
        "events": part.events,
    }


_INSTANT = timedelta(microseconds=1)
_VERDICTS = {
    QuarantineReason.NO_RATE: Verdict.NO_RATE,
    QuarantineReason.MISSING_PROPERTY: Verdict.BAD_VALUE,
    QuarantineReason.BAD_VALUE: Verdict.BAD_VALUE,
}
