"""Grants in units: they pay a quantity of the lines in that unit, whatever it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from invoicing.credits.grants import GrantBalance
from invoicing.credits.owed import NOTHING, OwedLine, Reach, reach, take_owed, take_units, total
from values.exact import EXACT, plain
from values.money import floor_money, zero


@dataclass(frozen=True, slots=True)
class PaidInUnits:
    """
    What a grant in units pays: (line index, amount) of each line, and how many units in all.

    `quantity` has 18 places at most where no decimal holds the units (of 1/3), half to even.
    """

    amount: Decimal
    shares: tuple[tuple[int, Decimal], ...]
    quantity: Decimal
    lines: tuple[OwedLine, ...]


@dataclass(frozen=True, slots=True)
class _Payment:
    quantity: Fraction
    amount: Decimal


def pay_in_units(grant: GrantBalance, lines: Sequence[OwedLine], *, currency: str) -> PaidInUnits:
    """
    Return what a grant pays of the lines in its unit, one line after the other.

    x of the q units that a line has in the grant's time pay x / q of what is owed for them,
    rounded down, which may be nothing; x is no more than is left. Units of price 0, or that
    were paid for otherwise, stay in the grant. All lines together (with those below 0) are
    never paid beyond what is owed: the last line takes only the units that pay so much.
    """
    owing = list(lines)
    left, used = Fraction(grant.left), NOTHING
    owed = max(NOTHING, total(line.owed for line in lines))
    open_amount = floor_money(owed, currency=currency)
    shares = []
    for index, line in enumerate(lines):
        if line.unit != grant.unit:
            continue
        reached = reach(grant, line)
        if not reached.owed and not line.rounds_away:
            continue
        payment = _payment(reached, left - used, open_amount, currency)
        if payment is None:
            continue
        owing[index] = _paid(line, reached, payment)
        if payment.amount:
            shares.append((index, payment.amount))
        used += payment.quantity
        open_amount = EXACT.subtract(open_amount, payment.amount)
    return PaidInUnits(
        amount=sum((amount for _, amount in shares), zero(currency)),
        shares=tuple(shares),
        quantity=min(Decimal(plain(used)), grant.left),
        lines=tuple(owing),
    )


def _payment(
    reached: Reach, left: Fraction, open_amount: Decimal, currency: str
) -> _Payment | None:
    quantity = min(left, reached.quantity)
    if not quantity or (reached.owed and not open_amount):
        return None
    amount = floor_money(reached.owed * quantity / reached.quantity, currency=currency)
    if amount > open_amount:
        amount = open_amount
        quantity = reached.quantity * Fraction(amount) / reached.owed
    return _Payment(quantity, amount)


def _paid(line: OwedLine, reached: Reach, payment: _Payment) -> OwedLine:
    """
    Return the line without the units and the amount, of its earliest parts as far as they go.

    Where units of one part cost more than those of another, the amount is that of the average
    unit, so a part may pay for more than its own units.
    """
    inside = set(reached.parts)
    parts = [
        part if index in inside and part.quantity > 0 else None
        for index, part in enumerate(line.parts)
    ]
    fewer = take_units(
        line, payment.quantity, most=[part.quantity if part else NOTHING for part in parts]
    )
    own = [
        max(NOTHING, part.owed) * (part.quantity - rest.quantity) / part.quantity
        if part
        else NOTHING
        for part, rest in zip(parts, fewer.parts, strict=True)
    ]
    amount = Fraction(payment.amount)
    less = take_owed(fewer, amount, most=own)
    beyond = amount - (fewer.owed - less.owed)
    rest = [part.owed if index in inside else NOTHING for index, part in enumerate(less.parts)]
    return take_owed(less, beyond, most=rest)
