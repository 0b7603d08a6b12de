"""The one way to an invoice's amounts: gather, then call the invoice function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import LegalEntity, TaxRegistration
from contracts.queries.terms import contract_terms, meter_ids
from invoicing.assembly.bill import Bill, BilledPeriod
from invoicing.assembly.carried import Carried
from invoicing.assembly.carried_format import carried_from_json
from invoicing.assembly.invoice import assemble_invoice
from invoicing.assembly.period_outcomes import open_windows_close
from invoicing.assembly.result import InvoiceResult
from invoicing.assembly.terms import ContractTerms, cuts, rated_properties
from invoicing.assembly.usage_reader import UsageReader
from invoicing.models import Grant, Invoice, InvoiceKind, InvoiceState
from invoicing.queries.stored_usage import StoredUsage
from invoicing.queries.wallets import wallet
from invoicing.tax.interface import TaxCalculator, TaxStopped
from invoicing.tax.undecided import TaxUndecided
from invoicing.tax.unregistered import NoTaxRegistered
from usage.metering.quantity import Dimensions, Quantity
from usage.store import store
from values.calendar import local_date
from values.failpoints import reached
from values.period import Period


@dataclass(frozen=True, slots=True)
class Computation:
    """
    An invoice as its events make it now, and the rows that its parts stand for.

    `quantities` are the sums of all that was stored, by meter code, combination of group keys
    and stretch; an opening invoice counts none. Of the meters in `kept_together` no rate looks
    at more than the group keys. `closes_at` is when its draft can be issued.
    `stopped` is the error that forbids issuing;
    the amounts are then without tax.
    """

    result: InvoiceResult
    quantities: Mapping[str, Sequence[Quantity]]
    snapshot: str
    grants: Mapping[int | None, Grant]
    meter_ids: Mapping[str, int]
    meter_of_price: Mapping[str, str]
    group_keys: Mapping[str, frozenset[str]]
    kept_together: frozenset[str]
    dimension_ids: Mapping[tuple[str, Dimensions], int]
    closes_at: datetime
    stopped: str


def compute_invoice(*, invoice: Invoice) -> Computation:
    """
    Return what the invoice comes to by what is stored now.

    The invoice's contract comes `with_terms`. The number of queries does not depend on the
    number of lines or grants, nor on that of events but for pages of 5,000 where a price needs
    every event.
    """
    contract = invoice.contract
    terms = contract_terms(contract)
    balances = wallet(customer_id=invoice.customer_id, before=invoice)
    grants = [
        balance.grant.terms(left=max(balance.left, Decimal(0)))
        for balance in balances
        if balance.grant.currency == terms.currency
    ]
    snapshot = store.snapshot()
    reached("computing.snapshot_taken")
    meters = meter_ids(contract)
    usage = StoredUsage(
        customer_id=invoice.customer_id, terms=terms, meter_ids=meters, snapshot=snapshot
    )
    closes_at = _closes_at(invoice, terms, usage)
    bill = bill_of(invoice, closes_at=closes_at)
    carried = carried_before(invoice)

    def assembled(tax: TaxCalculator) -> InvoiceResult:
        return assemble_invoice(
            terms=terms, bill=bill, usage=usage, grants=grants, tax=tax, carried=carried
        )

    stopped = ""
    try:
        result = assembled(tax_calculator(invoice.legal_entity))
    except TaxStopped as stop:
        stopped = str(stop)
        result = assembled(NoTaxRegistered())
    return Computation(
        result=result,
        quantities=(
            usage.sums(bill.closes.covered, cuts(terms, grants, bill.closes.covered))
            if bill.closes and meters
            else {}
        ),
        snapshot=snapshot,
        grants={balance.grant.pk: balance.grant for balance in balances},
        meter_ids=meters,
        meter_of_price={p.code: p.meter for p in terms.prices if p.meter is not None},
        group_keys={code: frozenset(meter.group_keys) for code, meter in terms.meters.items()},
        kept_together=frozenset(
            code
            for code, meter in terms.meters.items()
            if len(rated_properties(terms, code)) == len(meter.group_keys)
        ),
        dimension_ids=usage.combinations,
        closes_at=closes_at,
        stopped=stopped,
    )


def _closes_at(invoice: Invoice, terms: ContractTerms, usage: UsageReader) -> datetime:
    """
    Return when the draft closes.

    After the time of grace; the last invoice of a contract waits for open windows, too.
    """
    if invoice.kind == InvoiceKind.OPENING:
        return invoice.period_start
    after_grace = invoice.period_end + timedelta(hours=invoice.contract.plan.grace_hours)
    if invoice.period_end != invoice.contract.ends_at:
        return after_grace
    waits = open_windows_close(terms=terms, usage=usage)
    return max(after_grace, waits or after_grace)


def bill_of(invoice: Invoice, *, closes_at: datetime) -> Bill:
    """Return which period the invoice closes and which one it opens; contract with terms."""
    contract = invoice.contract
    period = Period(invoice.period_start, invoice.period_end)
    calendar = contract.calendar()
    billed = BilledPeriod(period, calendar.full_period_at(period.start))
    issue_date, due_date = invoice_dates(invoice, closes_at=closes_at)
    is_first = invoice.kind == InvoiceKind.OPENING
    goes_on = contract.ends_at is None or period.end < contract.ends_at
    following = None
    if is_first:
        following = billed
    elif goes_on:
        following = BilledPeriod(
            calendar.period_at(period.end), calendar.full_period_at(period.end)
        )
    return Bill(
        closes=None if is_first else billed,
        opens=following,
        is_first=is_first,
        issue_date=issue_date,
        due_date=due_date,
    )


def carried_before(invoice: Invoice) -> Carried:
    """Return what the contract's invoice of the period before left of its allowances."""
    if invoice.kind == InvoiceKind.OPENING:
        return Carried()
    before = (
        Invoice.objects.filter(
            contract_id=invoice.contract_id,
            kind=InvoiceKind.PERIOD,
            period_end=invoice.period_start,
        )
        .exclude(state=InvoiceState.VOID)
        .values_list("carried", flat=True)
        .first()
    )
    return carried_from_json(before or {})


def invoice_dates(invoice: Invoice, *, closes_at: datetime) -> tuple[date, date]:
    """Return the local date of issue, when the draft closes, and the due date."""
    issue_date = local_date(closes_at, invoice.customer.timezone)
    return issue_date, issue_date + timedelta(days=invoice.contract.payment_days)


def tax_calculator(legal_entity: LegalEntity) -> TaxCalculator:
    """Return who answers for this seller's taxes."""
    if legal_entity.tax_registration == TaxRegistration.NONE:
        return NoTaxRegistered()
    return TaxUndecided()
