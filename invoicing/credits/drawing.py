"""
Drawing grants: who pays which part of an invoice, decided by the time of the usage.

A grant pays for the events in its own time, whenever the invoice is made. What several grants
could pay is paid once: the earliest usage first, so that what is left for the next grant does
not depend on how the time was sliced.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from invoicing.credits.grants import GrantBalance, GrantKind, grant_cuts
from values.exact import EXACT
from values.money import floor_money, spread, zero
from values.period import Period

_NEVER = datetime.max.replace(tzinfo=UTC)
_NOTHING = Fraction(0)


class NotSliced(ValueError):
    """A part lies across the beginning or end of a grant, which may pay only a piece of it."""


@dataclass(frozen=True, slots=True)
class OwedPart:
    """What is owed, unrounded, for the usage of a stretch of time."""

    period: Period
    owed: Fraction


@dataclass(frozen=True, slots=True)
class OwedLine:
    """
    What is owed on one line of an invoice; its parts add up to whole minor units.

    `by_days`: the line has no events, so a grant pays it whole if its days overlap.
    """

    section: str
    price: str
    parts: tuple[OwedPart, ...]
    by_days: bool = False

    @property
    def owed(self) -> Fraction:
        """The sum of the parts."""
        return _sum(part.owed for part in self.parts)


@dataclass(frozen=True, slots=True)
class Draw:
    """What one grant pays; `shares` are (line index, amount) and add up to `amount`."""

    grant: GrantBalance
    amount: Decimal
    shares: tuple[tuple[int, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The draws in their order, and what is still owed on each line."""

    draws: tuple[Draw, ...]
    lines: tuple[OwedLine, ...]


def draw_order(grants: Sequence[GrantBalance]) -> list[GrantBalance]:
    """Return the grants as they are drawn: by priority, expiry (none last), start, code."""
    return sorted(
        grants,
        key=lambda grant: (
            grant.priority,
            grant.expires_at or _NEVER,
            grant.effective_from,
            grant.code,
        ),
    )


def draw(
    grants: Sequence[GrantBalance],
    lines: Sequence[OwedLine],
    *,
    kind: GrantKind,
    currency: str,
) -> Drawing:
    """
    Return what the grants of one kind and of this currency pay, in draw order.

    A grant pays no more than it has left, than is owed in all, and of each line than the
    parts in its time, rounded down; what it pays is spread over those by largest remainder.
    `grants` are all of the invoice, so that parts of both kinds fall into the same times.

    :raises NotSliced:
    """
    paying = [grant for grant in grants if grant.kind == kind and grant.currency == currency]
    if not paying:
        return Drawing((), tuple(lines))
    bounds = sorted(grant_cuts(grants))
    owing = [line if line.by_days else _celled(line, bounds) for line in lines]
    draws = []
    for grant in draw_order(paying):
        most = [_eligible(grant, line, currency) for line in owing]
        owed = floor_money(_sum(line.owed for line in owing), currency=currency)
        amount = min(grant.left, sum(most, zero(currency)), owed)
        if amount <= 0:
            continue
        shares = spread(amount, most, currency=currency)
        owing = [_paid(grant, line, share) for line, share in zip(owing, shares, strict=True)]
        paid = tuple((index, share) for index, share in enumerate(shares) if share)
        draws.append(Draw(grant, EXACT.add(amount, zero(currency)), paid))
    return Drawing(tuple(draws), tuple(owing))


def _celled(line: OwedLine, bounds: list[datetime]) -> OwedLine:
    """Return the line with one part for each stretch of time between two grants' bounds."""
    cells: dict[int, OwedPart] = {}
    for part in sorted(line.parts, key=lambda part: part.period):
        cell = bisect_right(bounds, part.period.start)
        if bisect_left(bounds, part.period.end) != cell:
            raise NotSliced(f"{part.period} lies across the beginning or end of a grant")
        cells[cell] = _joined(cells[cell], part) if cell in cells else part
    return replace(line, parts=tuple(cells.values()))


def _joined(one: OwedPart, other: OwedPart) -> OwedPart:
    end = max(one.period.end, other.period.end)
    return OwedPart(Period(one.period.start, end), one.owed + other.owed)


def _eligible(grant: GrantBalance, line: OwedLine, currency: str) -> Decimal:
    if grant.applies_to and not {line.section, line.price} & set(grant.applies_to):
        return zero(currency)
    inside = _sum(part.owed for part in line.parts if _in_time(grant, line, part))
    return floor_money(max(_NOTHING, min(inside, line.owed)), currency=currency)


def _in_time(grant: GrantBalance, line: OwedLine, part: OwedPart) -> bool:
    return grant.touches(part.period) if line.by_days else grant.covers(part.period)


def _paid(grant: GrantBalance, line: OwedLine, share: Decimal) -> OwedLine:
    if not share:
        return line
    left = Fraction(share)
    parts = []
    for part in line.parts:
        taken = min(left, part.owed) if part.owed > 0 and _in_time(grant, line, part) else _NOTHING
        left -= taken
        parts.append(OwedPart(part.period, part.owed - taken) if taken else part)
    return replace(line, parts=tuple(parts))


def _sum(amounts: Iterable[Fraction]) -> Fraction:
    return sum(amounts, _NOTHING)
