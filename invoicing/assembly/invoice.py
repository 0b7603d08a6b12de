"""
The one invoice function, behind upcoming invoice, draft and simulation.

Its order: rate the usage, round each line once, let promotional credit lower what is taxed,
ask for the taxes, let prepaid credit pay what is then owed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import reduce

from invoicing.assembly.owed import owed_lines, with_taxes
from invoicing.assembly.result import InvoiceResult
from invoicing.assembly.terms import ContractTerms, cuts
from invoicing.assembly.usage_lines import rate_usage, unpriced_usage
from invoicing.credits.drawing import Draw, draw
from invoicing.credits.grants import GrantBalance, GrantKind
from invoicing.rating.lines import Line
from invoicing.tax.interface import TaxableLine, TaxAnswer, TaxCalculator, TaxRequest
from usage.metering.quantity import Quantity
from values.exact import EXACT
from values.money import zero
from values.period import Period


class QuantityNotSliced(ValueError):
    """A quantity lies outside the period, or across an instant of `cuts`."""


class TaxNotSpread(ValueError):
    """The shares of a tax line do not add up to its amount."""


def assemble_invoice(
    *,
    terms: ContractTerms,
    period: Period,
    quantities: Mapping[str, Sequence[Quantity]],
    grants: Sequence[GrantBalance],
    tax: TaxCalculator,
    issue_date: date,
    due_date: date,
) -> InvoiceResult:
    """
    Return the invoice of one contract for one period, to the cent as it will be issued.

    `quantities` are those of the period by meter code, sliced at `cuts(terms, grants, period)`
    and kept apart by `rated_properties`; further slicing changes no line. `grants` are what is
    left before this invoice.

    :raises QuantityNotSliced:
    :raises TaxStopped: the invoice must not be issued.
    """
    _check_slices(quantities, period, cuts(terms, grants, period))
    rated = [
        rate_usage(terms, period, price, quantities.get(price.meter, ())) for price in terms.prices
    ]
    lines = tuple(line for part in rated for line in part.lines)
    currency = terms.currency
    discounted = draw(grants, owed_lines(lines), kind=GrantKind.PROMOTIONAL, currency=currency)
    answer = tax.calculate(TaxRequest(currency, issue_date, _taxable(lines, discounted.draws)))
    taxed = with_taxes(discounted.lines, _tax_by_line(answer, len(lines)))
    paid = draw(grants, taxed, kind=GrantKind.PREPAID, currency=currency)

    subtotal = _sum([line.amount for line in lines], currency)
    discounts = _sum([item.amount for item in discounted.draws], currency)
    added = _sum([item.amount for item in answer.lines if not item.inclusive], currency)
    total = EXACT.add(EXACT.subtract(subtotal, discounts), added)
    credit = _sum([item.amount for item in paid.draws], currency)
    return InvoiceResult(
        currency=currency,
        period=period,
        issue_date=issue_date,
        due_date=due_date,
        lines=lines,
        subtotal=subtotal,
        discounts=discounts,
        taxes=answer.lines,
        tax=_sum([item.amount for item in answer.lines], currency),
        total=total,
        discounts_applied=discounted.draws,
        credits_applied=paid.draws,
        amount_due=EXACT.subtract(total, credit),
        unmatched=tuple(item for part in rated for item in part.unmatched),
        quarantined=tuple(item for part in rated for item in part.quarantined),
        unpriced=unpriced_usage(terms, quantities),
        tax_snapshot=answer.snapshot,
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


def _taxable(lines: Sequence[Line], discounts: Sequence[Draw]) -> tuple[TaxableLine, ...]:
    amounts = [line.amount for line in lines]
    for discount in discounts:
        for index, share in discount.shares:
            amounts[index] = EXACT.subtract(amounts[index], share)
    return tuple(
        TaxableLine(
            index=index,
            section=line.section,
            price=line.price,
            tax_code=line.tax_code,
            amount=amounts[index],
            quantity=line.quantity,
            unit=line.unit,
            period=line.period,
        )
        for index, line in enumerate(lines)
    )


def _tax_by_line(answer: TaxAnswer, count: int) -> list[Decimal]:
    taxes = [Decimal(0)] * count
    for item in answer.lines:
        shares = [share for _, share in item.shares]
        if reduce(EXACT.add, shares, Decimal(0)) != item.amount:
            raise TaxNotSpread(f"the shares of {item.rule} are not its amount {item.amount}")
        if not item.inclusive:
            for index, share in item.shares:
                taxes[index] = EXACT.add(taxes[index], share)
    return taxes


def _sum(amounts: Sequence[Decimal], currency: str) -> Decimal:
    return reduce(EXACT.add, amounts, zero(currency))
