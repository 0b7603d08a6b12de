"""What a period comes to at least and at most: true-ups, each a line of its own."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import reduce
from itertools import groupby

from invoicing.rating.fee_days import FeeDays
from invoicing.rating.fixed_charge import Amount, FixedCharge, fixed_line
from invoicing.rating.lines import Line
from invoicing.rating.price import PriceVersion
from invoicing.rating.proration import Part
from invoicing.rating.trace import StepKind, TraceStep
from values.exact import EXACT, plain
from values.number import times
from values.period import Period

TRUE_UP = "true_up"
MINIMUM = "minimum"
MAXIMUM = "maximum"
COMMITMENT = "commitment"


@dataclass(frozen=True, slots=True)
class Limited:
    """The days to which one limit applies; the version is that of the first."""

    days: tuple[FeeDays, ...]

    @property
    def version(self) -> PriceVersion:
        """The version of the first day."""
        return self.days[0].version

    @property
    def period(self) -> Period:
        """From the first day to the last."""
        return Period(self.days[0].period.start, self.days[-1].period.end)

    def part(self, charge: FixedCharge) -> Part:
        """Return how much of the full period the days are."""
        parts = [charge.part(run.period) for run in self.days]
        return Part(sum(part.days for part in parts), parts[0].of_days)


def limit_lines(charge: FixedCharge, lines: Sequence[Line]) -> tuple[Line, ...]:
    """
    Return the true-ups of one price in a period, from all its rounded lines.

    The limits are those of the version of the first day, prorated by the days on which the
    price is in force. A phase that changes the price has limits and a true-up of its own, for
    the lines that begin in it.
    """
    limited = _limited(charge)
    starts = [part.days[0].period.start for part in limited]
    found: list[Line] = []
    for index, part in enumerate(limited):
        inside = [line for line in lines if _index(line, starts) == index]
        version = part.version
        limits = ((MINIMUM, version.minimum_amount), (MAXIMUM, version.maximum_amount))
        for kind, limit in limits:
            if limit is not None:
                found += true_up_lines(charge, part, kind=kind, limit=limit, lines=inside)
    return tuple(found)


def true_up_lines(
    charge: FixedCharge,
    limited: Limited,
    *,
    kind: str,
    limit: Decimal,
    lines: Iterable[Line],
) -> tuple[Line, ...]:
    """
    Return the line that lifts or lowers some lines to a limit; none where they keep it.

    `kind` is minimum, maximum or commitment, `limit` that of a full period: it is prorated by
    days and rounded before the rounded lines are taken off.
    """
    part = limited.part(charge)
    total = reduce(EXACT.add, (line.amount for line in lines), Decimal(0))
    missing = EXACT.subtract(charge.rounded(times(limit, part.ratio)), total)
    if (missing >= 0) if kind == MAXIMUM else (missing <= 0):
        return ()
    amount = Amount(exact=missing, model=TRUE_UP, steps=(_step(kind, limit, total, part),))
    suffix = "" if kind == COMMITMENT else kind
    version, period = limited.version, limited.period
    return (fixed_line(charge, version, period, amount, suffix=suffix, section=TRUE_UP),)


def _limited(charge: FixedCharge) -> list[Limited]:
    """Return the days in force, apart only where a phase brings another version."""
    changes = {version.effective_from for version in charge.price.versions}
    breaks = [instant for instant in charge.breaks if instant in changes]
    runs = replace(charge, breaks=tuple(breaks)).days()
    apart = groupby(runs, key=lambda run: bisect_right(breaks, run.period.start))
    return [Limited(tuple(days)) for _, days in apart]


def _index(line: Line, starts: Sequence[datetime]) -> int:
    """Return which of several stretches a line begins in; what is earlier is the first's."""
    return max(bisect_right(starts, line.period.start) - 1, 0)


def _step(kind: str, limit: Decimal, total: Decimal, part: Part) -> TraceStep:
    return TraceStep(
        StepKind.LIMIT,
        {
            "kind": kind,
            "amount": plain(limit),
            "lines": plain(total),
            "days": str(part.days),
            "of_days": str(part.of_days),
        },
    )
