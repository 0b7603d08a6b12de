"""What all prices of a plan come to at least in a period: the true-ups of commitments."""

from __future__ import annotations

from collections.abc import Sequence

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.terms import ContractTerms, MinimumCommitment
from invoicing.rating.fixed_charge import FixedCharge
from invoicing.rating.limits import COMMITMENT, Limited, true_up_lines
from invoicing.rating.lines import Line
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.terms.fixed import Recurring
from values.period import Period

NO_PRICE = ""
"""The price code of a commitment's true-up: it belongs to none."""


def commitment_lines(
    terms: ContractTerms, billed: BilledPeriod, lines: Sequence[Line]
) -> tuple[Line, ...]:
    """
    Return the true-ups of a period, from all its lines, whenever they were billed.

    A commitment that holds for a part of the period is prorated by its days and looks at the
    lines that begin in it; what began before the period counts for its first day.
    """
    found: list[Line] = []
    for commitment in terms.commitments:
        charge = _charge(terms, commitment, billed)
        days = charge.days()
        if days:
            limited = Limited(days)
            inside = [line for line in lines if _counts(line, limited.period, billed.covered)]
            found += true_up_lines(
                charge, limited, kind=COMMITMENT, limit=commitment.amount, lines=inside
            )
    return tuple(found)


def _charge(
    terms: ContractTerms, commitment: MinimumCommitment, billed: BilledPeriod
) -> FixedCharge:
    """Return a commitment as what it is like: a fee for each period of its time."""
    version = PriceVersion(
        effective_from=commitment.starts_at,
        effective_to=commitment.ends_at,
        name="Minimum commitment",
        model=Recurring(commitment.amount),
        tax_code=commitment.tax_code,
        is_clipped=True,
    )
    return FixedCharge(
        price=PriceTerms(NO_PRICE, None, (version,)),
        covered=billed.covered,
        full=billed.full,
        zone=terms.zone,
        currency=terms.currency,
        rounding=terms.rounding,
    )


def _counts(line: Line, committed: Period, covered: Period) -> bool:
    return committed.contains(max(line.period.start, covered.start))
