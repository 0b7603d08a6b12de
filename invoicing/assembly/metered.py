"""Everything in a bill that counts usage: its lines by price, and what is left of allowances."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.carried import Carried
from invoicing.assembly.result import Unpriced
from invoicing.assembly.terms import ContractTerms
from invoicing.assembly.usage_lines import rate_usage, unpriced_usage
from invoicing.assembly.usage_reader import UsageReader
from invoicing.rating.calls.rated_call import RatedCall
from invoicing.rating.lines import Rated
from usage.metering.quantity import Quantity
from values.period import Period


class QuantityNotSliced(ValueError):
    """A quantity lies outside the period, or across an instant of `cuts`."""


@dataclass(frozen=True, slots=True)
class Metered:
    """What the usage of a period comes to, by price code; `carried` is left for the next."""

    by_price: Mapping[str, Rated] = field(default_factory=dict)
    unpriced: tuple[Unpriced, ...] = ()
    carried: Carried = field(default_factory=Carried)


def rate_metered(
    *,
    terms: ContractTerms,
    billed: BilledPeriod,
    usage: UsageReader,
    carried: Carried,
    sliced_at: Sequence[datetime],
    on_call: Callable[[str, RatedCall], None] | None = None,
) -> Metered:
    """
    Return what the usage of a period comes to.

    `sliced_at` are the instants inside it at which quantities are kept apart (`cuts`).
    `on_call` is told of each rated call with the code of its price, in the order of time.
    """
    period = billed.covered
    quantities = {code: usage.quantities(code, period, sliced_at) for code in terms.meters}
    _check_slices(quantities, period, sliced_at)
    return Metered(
        by_price={
            price.code: rate_usage(terms, period, price, quantities.get(price.meter or "", ()))
            for price in terms.prices
            if price.meter is not None
        },
        unpriced=unpriced_usage(terms, quantities),
        carried=carried,
    )


def _check_slices(
    quantities: Mapping[str, Sequence[Quantity]], period: Period, instants: Sequence[datetime]
) -> None:
    for meter, slices in quantities.items():
        for part in slices:
            following = bisect_right(instants, part.period.start)
            cut = following < len(instants) and instants[following] < part.period.end
            if cut or not period.encloses(part.period):
                raise QuantityNotSliced(f"{meter}: {part.period} is no slice of {period}")
