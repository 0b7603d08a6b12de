"""Lines of a bill that count no usage: recurring, by seat, once, true-ups and performance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from invoicing.assembly.bill import Bill
from invoicing.assembly.terms import ContractTerms
from invoicing.assembly.usage_reader import UsageReader
from invoicing.rating.lines import Line


def arrears_lines(
    *,
    terms: ContractTerms,
    bill: Bill,
    metered: Mapping[str, Sequence[Line]],
    usage: UsageReader,
) -> tuple[Line, ...]:
    """
    Return all lines of the period that the bill closes, in the order in which they are printed.

    By the plan's prices: the metered lines of each with its true-up, fees in arrears,
    performance; then the true-ups of commitments.
    """
    return tuple(line for price in terms.prices for line in metered.get(price.code, ()))


def advance_lines(*, terms: ContractTerms, bill: Bill) -> tuple[Line, ...]:
    """Return the charges in advance and, on the first bill, those that are due once."""
    return ()
