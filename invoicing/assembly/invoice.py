"""
The one invoice function, behind upcoming invoice, draft and simulation.

Its order: rate the usage, round each line once, let promotional credit lower what is taxed,
ask for the taxes, let prepaid credit pay what is then owed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce

from invoicing.assembly.bill import Bill
from invoicing.assembly.carried import NOTHING_CARRIED, Carried
from invoicing.assembly.fixed_lines import advance_lines, arrears_lines
from invoicing.assembly.metered import Metered, Prepared, Share, rate_metered
from invoicing.assembly.owed import owed_lines, with_taxes
from invoicing.assembly.result import InvoiceResult
from invoicing.assembly.terms import ContractTerms, cuts
from invoicing.assembly.usage_reader import UsageReader
from invoicing.credits.drawing import Draw, draw
from invoicing.credits.grants import GrantBalance, GrantKind
from invoicing.rating.calls.rated_call import RatedCall
from invoicing.rating.lines import Line
from invoicing.tax.interface import TaxableLine, TaxAnswer, TaxCalculator, TaxRequest
from values.exact import EXACT
from values.money import zero


class TaxNotSpread(ValueError):
    """The shares of a tax line do not add up to its amount."""


def assemble_invoice(
    *,
    terms: ContractTerms,
    bill: Bill,
    usage: UsageReader,
    grants: Sequence[GrantBalance],
    tax: TaxCalculator,
    carried: Carried = NOTHING_CARRIED,
    on_call: Callable[[str, RatedCall], None] | None = None,
    shares: Callable[[Prepared], Share] | None = None,
) -> InvoiceResult:
    """
    Return one invoice of a contract, to the cent as it will be issued.

    `grants` and `carried` (free units and seconds) are what is left before this invoice.
    `shares` gives the contract its part of the pools of a group (`rate_metered`).

    :raises QuantityNotSliced: the reader's quantities lie across an instant of `cuts`.
    :raises TaxStopped: the invoice must not be issued.
    """
    metered = Metered(carried=carried)
    closing: tuple[Line, ...] = ()
    if bill.closes is not None:
        sliced_at = cuts(terms, grants, bill.closes.covered)
        metered = rate_metered(
            terms=terms,
            billed=bill.closes,
            usage=usage,
            carried=carried,
            sliced_at=sliced_at,
            on_call=on_call,
            shares=shares,
        )
        by_price = {code: rated.lines for code, rated in metered.by_price.items()}
        closing = arrears_lines(terms=terms, bill=bill, metered=by_price, usage=usage)
    lines = closing + advance_lines(terms=terms, bill=bill)
    rated = [metered.by_price[p.code] for p in terms.prices if p.code in metered.by_price]

    currency = terms.currency
    discounted = draw(grants, owed_lines(lines), kind=GrantKind.PROMOTIONAL, currency=currency)
    answer = tax.calculate(TaxRequest(currency, bill.issue_date, _taxable(lines, discounted.draws)))
    taxed = with_taxes(discounted.lines, _tax_by_line(answer, len(lines)))
    paid = draw(grants, taxed, kind=GrantKind.PREPAID, currency=currency)

    subtotal = _sum([line.amount for line in lines], currency)
    discounts = _sum([item.amount for item in discounted.draws], currency)
    added = _sum([item.amount for item in answer.lines if not item.inclusive], currency)
    total = EXACT.add(EXACT.subtract(subtotal, discounts), added)
    credit = _sum([item.amount for item in paid.draws], currency)
    return InvoiceResult(
        currency=currency,
        period=bill.period,
        issue_date=bill.issue_date,
        due_date=bill.due_date,
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
        unpriced=metered.unpriced,
        tax_snapshot=answer.snapshot,
        carried=metered.carried,
    )


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
