"""What a contract says that an invoice needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from invoicing.credits.grants import GrantBalance, grant_cuts
from invoicing.rating.price import UsagePrice, matched_properties, price_cuts
from usage.metering.meter import Meter
from values.money import Rounding, UnknownCurrency, minor_unit
from values.period import Period
from values.problems import Problem, refuse


@dataclass(frozen=True)
class ContractTerms:
    """
    The prices of a contract, overrides laid over them, in the order of its plan.

    :raises InvalidTerms: a price of an unknown meter, a code twice, an unknown currency.
    """

    currency: str
    prices: tuple[UsagePrice, ...]
    meters: Mapping[str, Meter]
    rounding: Rounding = Rounding.HALF_UP

    def __post_init__(self) -> None:
        problems = []
        try:
            minor_unit(self.currency)
        except UnknownCurrency as error:
            problems.append(Problem(("currency",), str(error)))
        codes = [price.code for price in self.prices]
        for index, price in enumerate(self.prices):
            if price.meter not in self.meters:
                problems.append(
                    Problem(("prices", index, "meter"), f"there is no meter '{price.meter}'")
                )
            if price.code in codes[:index]:
                problems.append(Problem(("prices", index), f"'{price.code}' stands twice"))
        refuse(problems)


def cuts(
    terms: ContractTerms, grants: Sequence[GrantBalance], period: Period
) -> tuple[datetime, ...]:
    """
    Return the instants inside the period at which quantities must be sliced, in order.

    There a price or rate version or a grant begins or ends.
    """
    instants = grant_cuts(grants)
    for price in terms.prices:
        instants |= price_cuts(price)
    return tuple(sorted(instant for instant in instants if period.start < instant < period.end))


def rated_properties(terms: ContractTerms, meter: str) -> tuple[str, ...]:
    """Return the properties by which quantities of a meter must be kept apart, group keys first."""
    group_keys = terms.meters[meter].group_keys
    matched: set[str] = set()
    for price in terms.prices:
        if price.meter == meter:
            matched |= matched_properties(price)
    return (*group_keys, *sorted(matched.difference(group_keys)))
