"""
The compiled deck: the row of a call among 50,000 prefixes, in the time of a few look-ups.

Amounts are whole numbers of one deck-wide unit so small that every rate per second, every fee
and the last decimal of a charge are multiples of it. Sums and products of a call are then exact
without a fraction in the loop, and its one rounding is a division.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import lcm

from invoicing.rating.calls.call import Call
from invoicing.rating.calls.row_ties import precision
from invoicing.rating.match import MatchValue, accepts
from invoicing.rating.terms.call_rate import CallRate
from values.exact import EXACT, fraction_digits

_MINUTE = 60
_NEVER = 1 << 62


@dataclass(frozen=True, slots=True)
class DeckStep:
    """From `from_second` on, `per_second` units for each second, by `increment`."""

    from_second: int
    per_second: int
    increment: int


@dataclass(frozen=True, slots=True)
class DeckRow:
    """A row with its amounts in units; `steps` are empty where one rate holds for all seconds."""

    prefix: str
    band: str | None
    rate_jurisdiction: str | None
    match: tuple[tuple[str, MatchValue], ...]
    per_second: int
    initial: int
    increment: int
    steps: tuple[DeckStep, ...]
    connect_fee: int
    minimum: int
    maximum: int | None
    tax_code: str | None

    def accepts(self, call: Call) -> bool:
        """Return whether the row's jurisdiction and match are those of the call."""
        if self.rate_jurisdiction is not None and self.rate_jurisdiction != call.rate_jurisdiction:
            return False
        return all(accepts(value, call.text(key)) for key, value in self.match)

    def increment_at(self, second: int) -> tuple[int, int]:
        """Return the length of the increment that begins at this second, and until when."""
        if self.steps:
            step, until = self._step_at(second)
            return step.increment, until
        if second < self.initial:
            return self.initial, self.initial
        return self.increment, _NEVER

    def per_second_at(self, second: int) -> tuple[int, int]:
        """Return the units for a second of an increment that begins here, and until when."""
        if self.steps:
            step, until = self._step_at(second)
            return step.per_second, until
        return self.per_second, _NEVER

    def _step_at(self, second: int) -> tuple[DeckStep, int]:
        found = self.steps[0]
        for step in self.steps:
            if step.from_second > second:
                return found, step.from_second
            found = step
        return found, _NEVER


_Table = tuple[tuple[int, ...], Callable[[str], tuple[DeckRow, ...] | None]]
"""The lengths of the prefixes of a direction and a type, longest first, and the rows of one."""
_Scope = tuple[str | None, str | None]


class Deck:
    """
    The rows of a price, to be asked for the one of a call in a band.

    `units` make one whole of the currency, `units_of_charge` the last decimal of a charge.
    """

    def __init__(self, rates: Sequence[CallRate], *, decimals: int) -> None:
        places = max([decimals, *(_places(row) for row in rates)])
        seconds = lcm(*(step.per_seconds for row in rates for step in row.steps), _MINUTE)
        self.units = 10**places * seconds
        self.units_of_charge = self.units // 10**decimals
        self._places = places
        self._tables = self._compiled(rates)
        self._asked: dict[_Scope, list[_Table]] = {}

    def find(self, call: Call, band: str | None) -> DeckRow | None:
        """
        Return the row of a call in a band, None where no row is for it.

        Direction exact, then number type exact, then longest prefix, then band exact, then
        most of jurisdiction and match.
        """
        scope = (call.direction, call.number_type)
        tables = self._asked.get(scope)
        if tables is None:
            tables = self._tables_of(scope)
        digits = call.far_end
        for lengths, rows_of in tables:
            for length in lengths:
                rows = rows_of(digits[:length])
                if rows is None:
                    continue
                for row in rows:
                    if row.band is not None and row.band != band:
                        continue
                    if (row.rate_jurisdiction is None and not row.match) or row.accepts(call):
                        return row
        return None

    def _tables_of(self, scope: _Scope) -> list[_Table]:
        """Return the tables for a direction and a type, the one to be asked first in front."""
        direction, number_type = scope
        order = dict.fromkeys(
            [(direction, number_type), (direction, None), (None, number_type), (None, None)]
        )
        tables = [self._tables[each] for each in order if each in self._tables]
        # Both are what an event says: without a bound a million words would fill the memory.
        if len(self._asked) < len(self._tables) * 4 + 100:
            self._asked[scope] = tables
        return tables

    def _compiled(self, rates: Sequence[CallRate]) -> dict[_Scope, _Table]:
        scopes: defaultdict[_Scope, defaultdict[str, list[CallRate]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for row in rates:
            scopes[row.direction, row.number_type][row.prefix].append(row)
        compiled: dict[_Scope, _Table] = {}
        for scope, by_prefix in scopes.items():
            lengths = tuple(sorted({len(prefix) for prefix in by_prefix}, reverse=True))
            table = {
                prefix: tuple(map(self._row, sorted(rows, key=_rank, reverse=True)))
                for prefix, rows in by_prefix.items()
            }
            compiled[scope] = (lengths, table.get)
        return compiled

    def _row(self, row: CallRate) -> DeckRow:
        low, high = row.minimum_charge, row.maximum_charge
        steps = tuple(
            DeckStep(
                step.from_second,
                self._in_units(step.price) // step.per_seconds,
                step.increment_seconds,
            )
            for step in row.steps
        )
        rate = row.rate_per_minute
        return DeckRow(
            prefix=row.prefix,
            band=row.band,
            rate_jurisdiction=row.rate_jurisdiction,
            match=tuple(row.match.items()),
            per_second=0 if rate is None else self._in_units(rate) // _MINUTE,
            initial=row.initial_seconds,
            increment=row.increment_seconds,
            steps=steps,
            connect_fee=self._in_units(row.connect_fee) if row.connect_fee else 0,
            minimum=self._in_units(low) if low else 0,
            maximum=None if high is None else self._in_units(high),
            tax_code=row.tax_code,
        )

    def _in_units(self, amount: Decimal) -> int:
        whole: int = self.units // 10**self._places
        return int(EXACT.scaleb(amount, self._places)) * whole


def _rank(row: CallRate) -> tuple[bool, int]:
    return row.band is not None, precision(row)


def _places(row: CallRate) -> int:
    amounts = [row.rate_per_minute, row.minimum_charge, row.maximum_charge]
    if row.connect_fee:
        amounts.append(row.connect_fee)
    amounts += [step.price for step in row.steps]
    return max(fraction_digits(amount) for amount in amounts if amount is not None)
