"""
Drawing grants: who pays which part of an invoice, decided by the time of the usage.

A grant pays for the events in its own time, whenever the invoice is made. What several grants
could pay is paid once: the earliest usage first, so that what is left for the next grant does
not depend on how the time was sliced. Grants in units come before those in money.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from invoicing.credits.grants import GrantBalance, GrantKind, grant_cuts
from invoicing.credits.owed import NOTHING, OwedLine, Reach, celled, reach, take_owed, total
from invoicing.credits.units import pay_in_units
from values.exact import EXACT
from values.money import floor_money, spread, zero

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Draw:
    """
    What one grant pays; `shares` are (line index, amount) and add up to `amount`.

    `quantity` is what it takes off a grant in units, None for one in money. Units that cost
    less than a minor unit are used up for an amount of 0.
    """

    grant: GrantBalance
    amount: Decimal
    shares: tuple[tuple[int, Decimal], ...]
    quantity: Decimal | None = None

    @property
    def used(self) -> Decimal:
        """What it takes off what is left of the grant: units, else money."""
        return self.amount if self.quantity is None else self.quantity


@dataclass(frozen=True, slots=True)
class Drawing:
    """The draws in their order, and what is still owed on each line."""

    draws: tuple[Draw, ...]
    lines: tuple[OwedLine, ...]


def draw_order(grants: Sequence[GrantBalance]) -> list[GrantBalance]:
    """
    Return the grants of one kind as they are drawn.

    Units before money; then by priority, expiry (none last), start, code.
    """
    return sorted(
        grants,
        key=lambda grant: (
            grant.unit is None,
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

    A grant in money pays no more than it has left, than is owed in all, and of each line than
    the parts in its time, rounded down; what it pays is spread over those by largest remainder.
    A grant in units pays as `pay_in_units` says. `grants` are all of the invoice, so that parts
    of both kinds fall into the same times.

    :raises NotSliced:
    """
    paying = [grant for grant in grants if grant.kind == kind and grant.currency == currency]
    if not paying:
        return Drawing((), tuple(lines))
    bounds = sorted(grant_cuts(grants))
    owing = [celled(line, bounds) for line in lines]
    draws = []
    for grant in draw_order(paying):
        pay = _pay_in_money if grant.unit is None else _pay_in_units
        one, owing = pay(grant, owing, currency)
        if one.used:
            draws.append(one)
    return Drawing(tuple(draws), tuple(owing))


def _pay_in_units(
    grant: GrantBalance, lines: list[OwedLine], currency: str
) -> tuple[Draw, list[OwedLine]]:
    paid = pay_in_units(grant, lines, currency=currency)
    return Draw(grant, paid.amount, paid.shares, paid.quantity), list(paid.lines)


def _pay_in_money(
    grant: GrantBalance, lines: list[OwedLine], currency: str
) -> tuple[Draw, list[OwedLine]]:
    reached = [reach(grant, line) for line in lines]
    most = [floor_money(each.owed, currency=currency) for each in reached]
    owed = floor_money(total(line.owed for line in lines), currency=currency)
    amount = min(grant.left, sum(most, zero(currency)), owed)
    if amount <= 0:
        return Draw(grant, zero(currency), ()), lines
    shares = spread(amount, most, currency=currency)
    left = [
        _paid(line, each, share) for line, each, share in zip(lines, reached, shares, strict=True)
    ]
    paid = tuple((index, share) for index, share in enumerate(shares) if share)
    return Draw(grant, EXACT.add(amount, zero(currency)), paid), left


def _paid(line: OwedLine, reached: Reach, share: Decimal) -> OwedLine:
    if not share:
        return line
    inside = set(reached.parts)
    most = [part.owed if index in inside else NOTHING for index, part in enumerate(line.parts)]
    return take_owed(line, Fraction(share), most=most)
