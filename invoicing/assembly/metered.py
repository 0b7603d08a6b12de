"""
Everything in a bill that counts usage: its lines by price, and what is left of allowances.

In three steps, because contracts of a group share pools: what each contract's prices have to
charge is made ready, the free units are given to the usage of all of them in the order of time,
and each contract's lines are made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.carried import Carried
from invoicing.assembly.granted import GROUP, allowances, draws, in_one_pool
from invoicing.assembly.outcome_lines import outcome_lines
from invoicing.assembly.outcome_reach import outcome_rules
from invoicing.assembly.outcome_usage import OutcomeUsage, outcome_usage
from invoicing.assembly.period_usage import PeriodUsage, QuantityNotSliced
from invoicing.assembly.price_usage import PriceUsage, price_usage
from invoicing.assembly.result import Unpriced
from invoicing.assembly.terms import ContractTerms
from invoicing.assembly.unpriced import unpriced_usage
from invoicing.assembly.usage_lines import usage_lines
from invoicing.assembly.usage_reader import UsageReader
from invoicing.rating.allowances import Served, Stream, allocate
from invoicing.rating.calls.rate_calls import CallsRated, rate_calls
from invoicing.rating.calls.rated_call import RatedCall
from invoicing.rating.free_units import Allowance, Remainder
from invoicing.rating.lines import Rated
from invoicing.rating.lots import Lot
from invoicing.rating.price import PriceKind, PriceTerms

__all__ = [
    "Metered",
    "Prepared",
    "QuantityNotSliced",
    "Share",
    "finish_metered",
    "prepare_metered",
    "rate_metered",
    "share_allowances",
]


@dataclass(frozen=True, slots=True)
class Metered:
    """What the usage of a period comes to, by price code; `carried` is left for the next."""

    by_price: Mapping[str, Rated] = field(default_factory=dict)
    unpriced: tuple[Unpriced, ...] = ()
    carried: Carried = field(default_factory=Carried)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A contract's usage of one period before allowances: by price code, in the plan's order."""

    usage: PeriodUsage
    carried: Carried
    by_price: Mapping[str, PriceUsage | OutcomeUsage]
    allowances: Mapping[str, Allowance]


@dataclass(frozen=True, slots=True)
class Share:
    """What of a contract's usage is free, by price code, and what its allowances leave."""

    served: Mapping[str, Served]
    remains: Mapping[str, Remainder]


def rate_metered(
    *,
    terms: ContractTerms,
    billed: BilledPeriod,
    usage: UsageReader,
    carried: Carried,
    sliced_at: Sequence[datetime],
    on_call: Callable[[str, RatedCall], None] | None = None,
    shares: Callable[[Prepared], Share] | None = None,
) -> Metered:
    """
    Return what the usage of a period comes to.

    `sliced_at` are the instants inside it at which quantities are kept apart (`cuts`).
    `on_call` is told of each rated call with the code of its price, in the order of time.
    `shares` gives the contract its part where a group shares a pool; without it the contract
    has its allowances for itself.

    :raises QuantityNotSliced: the reader's quantities lie across an instant of `sliced_at`.
    """
    prepared = prepare_metered(
        terms=terms, billed=billed, usage=usage, carried=carried, sliced_at=sliced_at
    )
    (share,) = (shares(prepared),) if shares else share_allowances([prepared])
    return finish_metered(prepared, share, on_call=on_call)


def prepare_metered(
    *,
    terms: ContractTerms,
    billed: BilledPeriod,
    usage: UsageReader,
    carried: Carried,
    sliced_at: Sequence[datetime],
) -> Prepared:
    """
    Return what the usage prices of a contract have to charge in a period, and its allowances.

    :raises QuantityNotSliced:
    """
    read = PeriodUsage(terms, billed, usage, sliced_at)
    return Prepared(
        usage=read,
        carried=carried,
        by_price={
            price.code: (outcome_usage if outcome_rules(price) else price_usage)(price, read)
            for price in terms.prices
            if price.kind == PriceKind.USAGE and price.versions
        },
        allowances=allowances(terms, billed, carried),
    )


def share_allowances(prepared: Sequence[Prepared]) -> tuple[Share, ...]:
    """
    Give the free units of contracts to their usage; return each contract's share, as given.

    Pools of a group serve all of them, in the order of the events' times: equal times by key,
    then contracts as given, then prices as in their plans. Everything else is a contract's own.
    """
    named: dict[str, list[Allowance]] = {}
    streams: list[Stream] = []
    for place, each in enumerate(prepared):
        for name, allowance in each.allowances.items():
            named.setdefault(_shared_name(name, place), []).append(allowance)
        streams += [_stream(each, code, place) for code in each.by_price]
    until = max((each.usage.billed.covered.end for each in prepared), default=None)
    if until is None:
        return ()
    pools = {
        name: in_one_pool(members) if len(members) > 1 else members[0]
        for name, members in named.items()
    }
    found = allocate(pools, streams, until=until)
    served = iter(found.served)
    return tuple(
        Share(
            served={code: next(served) for code in each.by_price},
            remains={name: found.remains[_shared_name(name, place)] for name in each.allowances},
        )
        for place, each in enumerate(prepared)
    )


def finish_metered(
    prepared: Prepared,
    share: Share,
    *,
    on_call: Callable[[str, RatedCall], None] | None = None,
) -> Metered:
    """Return the lines of a contract's usage, its calls and outcomes, after the allowances."""
    usage = prepared.usage
    by_price: dict[str, Rated] = {}
    lots = {
        name: held
        for name, held in prepared.carried.lots.items()
        if name not in prepared.allowances
    }
    for price in usage.terms.prices:
        if price.code in prepared.by_price:
            counted, served = prepared.by_price[price.code], share.served[price.code]
            by_price[price.code] = (
                outcome_lines(usage, price, counted, served)
                if isinstance(counted, OutcomeUsage)
                else usage_lines(usage, price, counted, served)
            )
        elif price.kind == PriceKind.CALL:
            called = _calls(usage, price, prepared.carried, on_call)
            by_price[price.code] = called.rated
            own = f"bundle:{price.code}:"
            lots = {name: held for name, held in lots.items() if not name.startswith(own)}
            lots |= called.lots
    return Metered(by_price, unpriced_usage(usage), _left(prepared.carried, share, lots))


def _shared_name(name: str, place: int) -> str:
    return name if name.startswith(GROUP) else f"{place}:{name}"


def _stream(prepared: Prepared, code: str, place: int) -> Stream:
    usage = prepared.usage
    (price,) = (price for price in usage.terms.prices if price.code == code)
    drawn = tuple(
        (period, _shared_name(name, place)) for period, name in draws(price, usage.billed.covered)
    )
    return Stream(prepared.by_price[code].items, drawn)


def _calls(
    usage: PeriodUsage,
    price: PriceTerms,
    carried: Carried,
    on_call: Callable[[str, RatedCall], None] | None,
) -> CallsRated:
    terms, billed = usage.terms, usage.billed
    meter = price.meter or ""
    return rate_calls(
        price=price,
        calls=usage.reader.events(meter, billed.covered),
        covered=billed.covered,
        full=billed.full,
        zone=terms.zone,
        currency=terms.currency,
        rounding=terms.rounding,
        sliced_at=usage.sliced_at,
        lots=carried.lots,
        meter=terms.meters[meter],
        on_call=on_call,
        phase_starts=terms.phase_starts,
    )


def _left(carried: Carried, share: Share, lots: Mapping[str, tuple[Lot, ...]]) -> Carried:
    """Return what the next bill begins with; what this one did not look at stays as it is."""
    kept = dict(lots)
    used = dict(carried.used_in_year)
    for name, remainder in share.remains.items():
        used.pop(name, None)
        if remainder.lots:
            kept[name] = remainder.lots
        if remainder.used_since is not None:
            used[name] = remainder.used_since
    return Carried(kept, used)
