"""The invoices of a group of customers, made in the order of their issue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from invoicing.assembly.bill import Bill
from invoicing.assembly.invoice import assemble_invoice
from invoicing.assembly.period_outcomes import open_windows_close
from invoicing.rating.calls.rated_call import RatedCall
from invoicing.tax.unregistered import NoTaxRegistered
from plan_file.format.customers import Customer
from plan_file.results import InvoicePart, QuarantinedEvent, SimulatedInvoice, Wallet
from plan_file.simulating.agreements import Agreement
from plan_file.simulating.contract_run import ContractRun
from plan_file.simulating.contract_usage import ContractUsage
from plan_file.simulating.group_invoices import joined
from plan_file.simulating.group_pools import GroupPools
from plan_file.simulating.groups import Group
from plan_file.simulating.horizon import billed, last_outcome_at
from plan_file.simulating.rated_verdicts import UnmatchedReport, quarantined_events
from plan_file.simulating.sorting import SortedUsage
from plan_file.simulating.wallets import Balances
from values.calendar import local_date


class GroupRun:
    """The invoices of a group, and what was found while they were made."""

    def __init__(
        self,
        group: Group,
        agreed: Mapping[str, Sequence[Agreement]],
        usage: SortedUsage,
        *,
        from_date: date | None,
        to_date: date | None,
        on_call: Callable[[RatedCall], None],
    ) -> None:
        self._group = group
        self._from_date = from_date
        self._on_call = on_call
        self._contracts = [
            ContractRun(customer, ContractUsage(customer.external_id, agreement, usage))
            for customer in group.members
            for agreement in agreed[customer.external_id]
        ]
        self._plan_bills(usage, to_date)
        self._balances = {
            customer.external_id: self._balances_of(customer) for customer in group.members
        }
        self._pools = GroupPools(self._contracts, self._balances)
        self._parts: list[InvoicePart] = []
        self.unmatched = UnmatchedReport()
        self.quarantined: list[QuarantinedEvent] = []

    @property
    def bill_count(self) -> int:
        """How many bills there are to make."""
        return sum(len(run.bills) for run in self._contracts)

    def bill(self) -> Iterator[Bill]:
        """Make every invoice and yield its bill, in the order of issue: so credit is drawn."""
        due = [
            (bill.issue_date, place, number)
            for place, run in enumerate(self._contracts)
            for number, bill in enumerate(run.bills)
        ]
        for _, place, number in sorted(due):
            run = self._contracts[place]
            self._make(run, run.bills[number])
            yield run.bills[number]

    def invoices(self) -> Iterator[SimulatedInvoice]:
        """Yield the invoices by customer as written and date of issue."""
        return joined(self._parts, self._group)

    def wallets(self) -> Iterator[Wallet]:
        """Yield what is left of each grant, by customer as written."""
        for customer in self._group.members:
            balances = self._balances[customer.external_id]
            yield from balances.wallets(customer.external_id, customer.timezone)

    def _plan_bills(self, usage: SortedUsage, to_date: date | None) -> None:
        last_at = usage.verdicts.last_at
        times = [
            last_at[member.external_id]
            for member in self._group.members
            if member.external_id in last_at
        ]
        outcomes = [last_outcome_at(run.usage) for run in self._contracts]
        times += [instant for instant in outcomes if instant is not None]
        for run in self._contracts:
            waits_until = open_windows_close(terms=run.agreement.terms, usage=run.usage)
            bills = billed(
                run.agreement.bills(waits_until=waits_until),
                zone=run.customer.timezone,
                last_at=max(times, default=None),
                to_date=to_date,
            )
            run.bills = tuple(bills)

    def _balances_of(self, customer: Customer) -> Balances:
        runs = [run for run in self._contracts if run.customer is customer]
        return Balances(
            (credit.balance() for credit in customer.credits),
            (lot for run in runs for lot in run.agreement.lots(run.closed)),
            (lot for run in runs for lot in run.agreement.lots(run.following)),
        )

    def _make(self, run: ContractRun, bill: Bill) -> None:
        is_printed = self._is_printed(run.customer, bill)
        balances = self._balances[run.customer.external_id]
        result = assemble_invoice(
            terms=run.agreement.terms,
            bill=bill,
            usage=run.usage,
            grants=balances.grants,
            tax=NoTaxRegistered(),
            carried=run.carried,
            on_call=(lambda _, call: self._on_call(call)) if is_printed else None,
            shares=self._pools.shares(run, bill),
        )
        run.carried = result.carried
        balances.draw(result)
        if is_printed:
            customer = run.customer
            self._parts.append(InvoicePart(customer.external_id, customer.timezone, result))
            self.unmatched.add(customer.external_id, result)
            self.quarantined += quarantined_events(result, run.usage)

    def _is_printed(self, customer: Customer, bill: Bill) -> bool:
        begins = local_date(bill.period.start, customer.timezone)
        return self._from_date is None or self._from_date <= begins
