"""Lines of a bill that count no usage: recurring, by seat, once, true-ups and performance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain

from invoicing.assembly.bill import Bill, BilledPeriod
from invoicing.assembly.commitments import commitment_lines
from invoicing.assembly.measures import measured_quantity
from invoicing.assembly.terms import ContractTerms, performances, prices_in
from invoicing.assembly.usage_reader import UsageReader
from invoicing.rating.fixed_charge import FixedCharge
from invoicing.rating.limits import limit_lines
from invoicing.rating.lines import Line
from invoicing.rating.one_time import rate_one_time
from invoicing.rating.performance import rate_performance
from invoicing.rating.price import PriceKind, PriceTerms
from invoicing.rating.recurring import rate_recurring
from invoicing.rating.seats import rate_seats
from invoicing.rating.terms.fixed import Timing


def arrears_lines(
    *,
    terms: ContractTerms,
    bill: Bill,
    metered: Mapping[str, Sequence[Line]],
    usage: UsageReader,
) -> tuple[Line, ...]:
    """
    Return all lines of the period that the bill closes, in the order in which they are printed.

    By the plan's prices: the metered lines of each, its fees in arrears, its true-up, or its
    performance; then the true-ups of commitments. What performance and commitments look at are
    all lines for the period, also the advance charges of an earlier bill.
    """
    if bill.closes is None:
        return ()
    billed = bill.closes
    before = _advance(terms, billed, is_first=billed.covered.start == terms.starts_at)
    found: dict[str, tuple[Line, ...]] = {}
    for price in prices_in(terms, billed.covered):
        counted = tuple(metered.get(price.code, ()))
        charge = _charge(terms, price, billed)
        fees = _fees(terms, charge, Timing.ARREARS)
        found[price.code] = (*counted, *fees, *limit_lines(charge, counted))
    quantity_of = partial(measured_quantity, terms, billed=billed, usage=usage)
    for price in performances(terms):
        known = (*before, *chain.from_iterable(found.values()))
        charge = _charge(terms, price, billed)
        found[price.code] = rate_performance(charge, quantity_of=quantity_of, lines=known)
    lines = tuple(chain.from_iterable(found.values()))
    return (*lines, *commitment_lines(terms, billed, (*before, *lines)))


def advance_lines(*, terms: ContractTerms, bill: Bill) -> tuple[Line, ...]:
    """
    Return the charges in advance of the period that the bill opens, by the plan's prices.

    On the first bill those that are due once stand among them.
    """
    if bill.opens is None:
        return ()
    return _advance(terms, bill.opens, is_first=bill.is_first)


def _charge(terms: ContractTerms, price: PriceTerms, billed: BilledPeriod) -> FixedCharge:
    return FixedCharge(
        price=price,
        covered=billed.covered,
        full=billed.full,
        zone=terms.zone,
        currency=terms.currency,
        rounding=terms.rounding,
        breaks=terms.phase_starts,
    )


def _advance(terms: ContractTerms, billed: BilledPeriod, *, is_first: bool) -> tuple[Line, ...]:
    lines: list[Line] = []
    for price in prices_in(terms, billed.covered):
        charge = _charge(terms, price, billed)
        if price.kind == PriceKind.ONE_TIME and is_first:
            lines += rate_one_time(charge)
        lines += _fees(terms, charge, Timing.ADVANCE)
    return tuple(lines)


def _fees(terms: ContractTerms, charge: FixedCharge, timing: Timing) -> tuple[Line, ...]:
    if charge.price.kind == PriceKind.RECURRING:
        return rate_recurring(charge, timing=timing)
    if charge.price.kind == PriceKind.SEAT:
        quantities = terms.quantities.get(charge.price.code, ())
        return rate_seats(charge, quantities, timing=timing)
    return ()
