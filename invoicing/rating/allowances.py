"""
Included units: which usage is at no charge, in the order of the events' times.

Several prices may draw on one allowance, in a group also those of several contracts. An event
that an allowance serves in part is charged for the rest. A correction gives back what its own
price took: first what was charged, then what was free.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import merge
from operator import itemgetter
from typing import TypeAlias

from invoicing.rating.free_units import Account, Allowance, Remainder
from invoicing.rating.gathered import Gathered, Usage
from usage.metering.quantity import Dimensions, Quantity, Reading
from values.number import ZERO, Number, minus, plus
from values.period import Period


@dataclass(frozen=True, slots=True)
class Stream:
    """
    The billable usage of one price in the order of time, and what it draws on.

    `draws` are the stretches of time in which a version has an allowance, with its name, in
    the order of time; a quantity lies in one of them or in none.
    """

    usage: Sequence[Usage]
    draws: tuple[tuple[Period, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Used:
    """
    What one price used of one grant: the units at no charge, with the time of the grant.

    `left` is what remains of the allowance when that time or the billing period ends, for all
    prices that share it.
    """

    span: Period
    behind: Gathered
    left: Number


@dataclass(frozen=True, slots=True)
class Served:
    """What is left of a stream to be charged, and what it used, in the order of time."""

    charged: Sequence[Usage]
    used: tuple[Used, ...] = ()


@dataclass(frozen=True, slots=True)
class Allocation:
    """The streams after their allowances, as they were given, and what remains by allowance."""

    served: tuple[Served, ...]
    remains: Mapping[str, Remainder]


def allocate(
    allowances: Mapping[str, Allowance], streams: Sequence[Stream], *, until: datetime
) -> Allocation:
    """
    Give the free units of all allowances to the streams that draw on them.

    By the times of events, equal times by key, then by the place of the stream: the order of
    prices in the plan. `until` is the end of the billing period: grants that end by then leave
    lots, those that go on (of a year) what was used of them.
    """
    accounts = {name: Account(allowance) for name, allowance in allowances.items()}
    serving = [_Serving(stream, accounts) for stream in streams]
    queues = [_queue(stream.usage, place) for place, stream in enumerate(streams) if stream.draws]
    for at, _, place, item in queues[0] if len(queues) == 1 else merge(*queues, key=_BY_TIME):
        serving[place].serve(at, item)
    remains = {name: account.close(until) for name, account in accounts.items()}
    return Allocation(
        served=tuple(each.served(allowances, remains) for each in serving), remains=remains
    )


_Queued: TypeAlias = tuple[datetime, str, int, Usage]

_BY_TIME = itemgetter(0, 1, 2)


def _queue(usage: Sequence[Usage], place: int) -> Iterator[_Queued]:
    for item in usage:
        if isinstance(item, Reading):
            yield item.event.occurred_at, item.event.key, place, item
        else:
            yield item.period.start, "", place, item


@dataclass(slots=True)
class _Taken:
    """What a combination has had so far; charged units below 0 were given back beforehand."""

    charged: Number = ZERO
    free: Number = ZERO


@dataclass(slots=True)
class _Serving:
    stream: Stream
    accounts: Mapping[str, Account]
    charged: list[Usage] = field(default_factory=list)
    used: dict[tuple[str, int], Gathered] = field(default_factory=dict)
    taken: dict[Dimensions, _Taken] = field(default_factory=dict)
    place: int = 0

    def serve(self, at: datetime, item: Usage) -> None:
        """Take the next usage in time: free as far as there is something left, else charged."""
        quantity = item.quantity if isinstance(item, Reading) else item
        name = self._drawn_on(quantity.period.start)
        grant = None if name is None else self.accounts[name].grant_at(at)
        if name is None or grant is None:
            self.charged.append(item)
            return
        account = self.accounts[name]
        taken = self.taken.setdefault(quantity.dimensions, _Taken())
        if quantity.quantity < 0:
            free = minus(ZERO, _back(taken, account, minus(ZERO, quantity.quantity)))
            is_served = free == quantity.quantity
        else:
            is_served = not quantity.quantity and bool(account.available(at))
            free = _forth(taken, account, at, quantity.quantity)
            is_served = is_served or bool(free and free == quantity.quantity)
        if free or is_served:
            behind = self.used.setdefault((name, grant), Gathered())
            behind.add(quantity.period, free, quantity.events)
        if not is_served:
            self.charged.append(_rest(item, quantity, free) if free else item)

    def served(
        self, allowances: Mapping[str, Allowance], remains: Mapping[str, Remainder]
    ) -> Served:
        """Return what came of the stream."""
        if not self.stream.draws:
            return Served(self.stream.usage)
        used = (
            Used(allowances[name].grants[grant].span, behind, remains[name].left[grant])
            for (name, grant), behind in self.used.items()
        )
        return Served(self.charged, tuple(each for each in used if each.behind.quantity))

    def _drawn_on(self, instant: datetime) -> str | None:
        draws = self.stream.draws
        while self.place < len(draws) and draws[self.place][0].end <= instant:
            self.place += 1
        if self.place == len(draws) or instant < draws[self.place][0].start:
            return None
        return draws[self.place][1]


def _forth(taken: _Taken, account: Account, at: datetime, wanted: Number) -> Number:
    """Return how much of a quantity is free, after what was given back beforehand."""
    ahead = min(wanted, max(ZERO, minus(ZERO, taken.charged)))
    free = account.take(at, minus(wanted, ahead))
    taken.free = plus(taken.free, free)
    taken.charged = plus(taken.charged, minus(wanted, free))
    return free


def _back(taken: _Taken, account: Account, units: Number) -> Number:
    """Return how much of a correction was free."""
    rest = minus(units, min(units, max(ZERO, taken.charged)))
    free = min(rest, taken.free)
    account.give_back(free)
    taken.free = minus(taken.free, free)
    taken.charged = minus(taken.charged, minus(units, free))
    return free


def _rest(item: Usage, quantity: Quantity, free: Number) -> Usage:
    charged = replace(quantity, quantity=minus(quantity.quantity, free))
    return replace(item, quantity=charged) if isinstance(item, Reading) else charged
