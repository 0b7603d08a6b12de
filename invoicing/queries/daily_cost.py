"""What invoices come to day by day: each line's amount over the days of its usage."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from accounts.columns import exact
from invoicing.models import Invoice, InvoiceLine
from usage.models import DimensionSet
from usage.store.archives.archived import archived_is_said
from values.calendar import last_day, local_date, local_midnight
from values.exact import EXACT
from values.money import Rounding, round_money, spread, zero


@dataclass(frozen=True, slots=True)
class DayOfLine:
    """The part of a line's amount that falls on one day, and how much was used then."""

    line: InvoiceLine
    day: date
    amount: Decimal
    quantity: Decimal
    events: int


_Place = tuple[int, int, int]
_Slices = Sequence[tuple[datetime, Decimal, int]]


@dataclass(frozen=True, slots=True)
class _Used:
    """What invoices counted, by invoice, meter and combination; combinations by their values."""

    slices: Mapping[_Place, _Slices]
    combinations: Mapping[tuple[int, frozenset[tuple[str, str]]], int]

    def behind(self, line: InvoiceLine) -> Iterator[tuple[datetime, Decimal, int]]:
        """Yield the slices of a line's usage."""
        assert line.usage_from is not None
        assert line.usage_to is not None
        named = line.dimension_set_id or self.combinations.get(_named(line))
        for (invoice, meter, dimensions), slices in self.slices.items():
            if (invoice, meter) != (line.invoice_id, line.meter_id):
                continue
            if named is None or named == dimensions:
                for start, quantity, events in slices:
                    if line.usage_from <= start < line.usage_to:
                        yield start, quantity, events


def daily_cost(
    *, invoices: Sequence[Invoice], zone: str, meter_id: int | None = None
) -> list[DayOfLine]:
    """
    Return the days of every line of these invoices, or of those of one meter.

    A line's amount is spread over the days in `zone` by the quantity that was used on each: of
    its combination, or of the whole meter for a line that takes all of it, as a tier or a sum
    of calls. Its days add up to the line, the lines to the subtotal. A fee stands on its first
    day, a true-up on its last. Three queries, however many invoices and lines; usage is read
    from the sums by the hour, so as well of archived months, and events only of hours that a
    day or a bound of the invoices cuts.

    :raises MonthArchived: a day begins amid an hour whose events are in a file.
    """
    lines = InvoiceLine.objects.filter(invoice__in=[invoice.pk for invoice in invoices])
    if meter_id is not None:
        lines = lines.filter(meter_id=meter_id)
    found = list(lines.order_by("invoice_id", "position").defer("trace"))
    used = _Used(_counted(found, zone), _combinations(found))
    return [part for line in found for part in _days_of(line, used, zone)]


def _days_of(line: InvoiceLine, used: _Used, zone: str) -> list[DayOfLine]:
    amount = exact(line.amount)
    days: dict[date, tuple[Decimal, int]] = {}
    if line.usage_from is not None and line.meter_id is not None:
        for start, quantity, events in used.behind(line):
            day = local_date(start, zone)
            so_far, count = days.get(day, (Decimal(0), 0))
            days[day] = (EXACT.add(so_far, quantity), count + events)
    if not any(quantity for quantity, _ in days.values()):
        is_true_up = line.section == "true_up"
        alone = (
            last_day(line.period_end, zone) if is_true_up else local_date(line.period_start, zone)
        )
        days.setdefault(alone, (Decimal(0), 0))
    ordered = sorted(days)
    parts = _spread(amount, [days[day][0] for day in ordered], line.currency)
    return [
        DayOfLine(line, day, part, *days[day]) for day, part in zip(ordered, parts, strict=True)
    ]


def _spread(amount: Decimal, quantities: Sequence[Decimal], currency: str) -> list[Decimal]:
    whole = sum((Fraction(quantity) for quantity in quantities), Fraction(0))
    if not whole:
        return [amount, *[zero(currency)] * (len(quantities) - 1)]
    if min(quantities) >= 0:
        return spread(amount, quantities, currency=currency)
    # Corrections take back on their own day: the steps of the running sum, each rounded once.
    running = Fraction(0)
    reached, parts = zero(currency), []
    for quantity in quantities:
        running += Fraction(quantity)
        sum_now = round_money(
            Fraction(amount) * running / whole,
            currency=currency,
            rounding=Rounding.HALF_UP,
        )
        parts.append(EXACT.subtract(sum_now, reached))
        reached = sum_now
    return parts


def _named(line: InvoiceLine) -> tuple[int, frozenset[tuple[str, str]]]:
    return line.meter_id or 0, frozenset(line.dimensions.items())


def _combinations(
    lines: Sequence[InvoiceLine],
) -> dict[tuple[int, frozenset[tuple[str, str]]], int]:
    """Return the combinations that lines name which count but a part of them, by their values."""
    meters = {
        line.meter_id
        for line in lines
        if line.meter_id is not None and line.dimensions and line.dimension_set_id is None
    }
    sets = DimensionSet.objects.filter(meter_id__in=meters) if meters else ()
    return {(each.meter_id, frozenset(each.values.items())): each.pk for each in sets}


def _counted(
    lines: Sequence[InvoiceLine], zone: str
) -> dict[_Place, list[tuple[datetime, Decimal, int]]]:
    """What each invoice counted, by meter, combination and slice; slices end where days do."""
    metered = [line for line in lines if line.usage_from is not None]
    if not metered:
        return {}
    with archived_is_said(), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH counted AS MATERIALIZED (
                SELECT id, customer_id, period_start, period_end,
                       usage_snapshot::pg_snapshot AS snapshot
                FROM invoicing_invoice WHERE id = ANY(%s) AND usage_snapshot <> ''
            )
            SELECT c.id, s.meter_id, s.dimensions_id, bounds.cuts[s.slice], s.quantity, s.events
            FROM counted AS c
            CROSS JOIN LATERAL (
                SELECT array(
                    SELECT DISTINCT cut
                    FROM unnest(%s::timestamptz[] || c.period_start || c.period_end) AS cut
                    WHERE cut >= c.period_start AND cut <= c.period_end ORDER BY cut
                ) AS cuts
            ) AS bounds
            CROSS JOIN LATERAL usage_sums(
                c.customer_id::integer, %s::integer[], bounds.cuts, c.snapshot
            ) AS s
            """,
            [
                sorted({line.invoice_id for line in metered}),
                _cuts(metered, zone),
                sorted({line.meter_id for line in metered if line.meter_id}),
            ],
        )
        used = defaultdict(list)
        for invoice, meter, dimensions, start, quantity, events in cursor.fetchall():
            used[invoice, meter, dimensions].append((start, quantity, events))
        return dict(used)


def _cuts(lines: Iterable[InvoiceLine], zone: str) -> list[datetime]:
    cuts: set[datetime] = set()
    days: set[date] = set()
    for start, end in {(line.usage_from, line.usage_to) for line in lines}:
        assert start is not None
        assert end is not None
        cuts |= {start, end}
        first = local_date(start, zone)
        days |= {first + timedelta(n) for n in range((last_day(end, zone) - first).days + 1)}
    first_cut, last_cut = min(cuts), max(cuts)
    midnights = {local_midnight(day, zone) for day in days}
    return sorted(cuts | {cut for cut in midnights if first_cut < cut < last_cut})
