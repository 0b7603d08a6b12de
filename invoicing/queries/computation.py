"""The one way to an invoice's amounts: gather, then call the invoice function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import LegalEntity, TaxRegistration
from contracts.queries.terms import contract_terms, meter_ids
from invoicing.assembly.bill import usage_bill
from invoicing.assembly.given_usage import GivenUsage
from invoicing.assembly.invoice import assemble_invoice
from invoicing.assembly.result import InvoiceResult
from invoicing.assembly.terms import cuts
from invoicing.models import Grant, Invoice
from invoicing.queries.wallets import wallet
from invoicing.tax.interface import TaxCalculator, TaxStopped
from invoicing.tax.undecided import TaxUndecided
from invoicing.tax.unregistered import NoTaxRegistered
from usage.metering.quantity import Dimensions, Quantity
from usage.models import DimensionSet
from usage.store import store
from values.calendar import local_date
from values.period import Period


@dataclass(frozen=True, slots=True)
class Computation:
    """
    An invoice as its events make it now, and the rows that its parts stand for.

    `quantities` are all that was counted, by meter code.

    `stopped` is the error that forbids issuing; the amounts are then without tax.
    """

    result: InvoiceResult
    quantities: Mapping[str, Sequence[Quantity]]
    snapshot: str
    grants: Mapping[str, Grant]
    meter_ids: Mapping[str, int]
    meter_of_price: Mapping[str, str]
    dimension_ids: Mapping[tuple[str, Dimensions], int]
    stopped: str


def compute_invoice(*, invoice: Invoice) -> Computation:
    """
    Return what the invoice comes to by what is stored now.

    The invoice's contract comes `with_terms`. The number of queries does not depend on the
    number of events, lines or grants.
    """
    contract = invoice.contract
    terms = contract_terms(contract)
    period = Period(invoice.period_start, invoice.period_end)
    balances = wallet(customer_id=invoice.customer_id, before=invoice)
    grants = [
        balance.grant.terms(left=max(balance.left, Decimal(0)))
        for balance in balances
        if balance.grant.currency == terms.currency
    ]
    meters = meter_ids(contract)
    snapshot = store.snapshot()
    stored = store.aggregate(
        customer_id=invoice.customer_id,
        meter_ids=list(meters.values()),
        slices=period.split(cuts(terms, grants, period)),
        snapshot=snapshot,
    )
    combinations = {
        row.pk: tuple(sorted(row.values.items()))
        for row in DimensionSet.objects.filter(pk__in={part.dimensions_id for part in stored})
    }
    codes = {meter_id: code for code, meter_id in meters.items()}
    quantities: dict[str, list[Quantity]] = {code: [] for code in meters}
    dimension_ids: dict[tuple[str, Dimensions], int] = {}
    for part in stored:
        code, dimensions = codes[part.meter_id], combinations[part.dimensions_id]
        dimension_ids[code, dimensions] = part.dimensions_id
        quantities[code].append(Quantity(dimensions, part.slice, part.quantity, part.events))
    issue_date, due_date = invoice_dates(invoice)
    bill = usage_bill(period, issue_date=issue_date, due_date=due_date)

    def assembled(tax: TaxCalculator) -> InvoiceResult:
        return assemble_invoice(
            terms=terms,
            bill=bill,
            usage=GivenUsage(quantities),
            grants=grants,
            tax=tax,
        )

    stopped = ""
    try:
        result = assembled(tax_calculator(invoice.legal_entity))
    except TaxStopped as stop:
        stopped = str(stop)
        result = assembled(NoTaxRegistered())
    return Computation(
        result=result,
        quantities=quantities,
        snapshot=snapshot,
        grants={balance.grant.code: balance.grant for balance in balances},
        meter_ids=meters,
        meter_of_price={p.code: p.meter for p in terms.prices if p.meter is not None},
        dimension_ids=dimension_ids,
        stopped=stopped,
    )


def invoice_dates(invoice: Invoice) -> tuple[date, date]:
    """Return the local date of issue, at the end of the time of grace, and the due date."""
    issue_date = local_date(invoice.closes_at, invoice.customer.timezone)
    return issue_date, issue_date + timedelta(days=invoice.contract.payment_days)


def tax_calculator(legal_entity: LegalEntity) -> TaxCalculator:
    """Return who answers for this seller's taxes."""
    if legal_entity.tax_registration == TaxRegistration.NONE:
        return NoTaxRegistered()
    return TaxUndecided()
