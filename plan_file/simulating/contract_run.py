"""A contract while its invoices are made."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.assembly.bill import Bill
from invoicing.assembly.carried import NOTHING_CARRIED, Carried
from plan_file.format.customers import Customer
from plan_file.simulating.agreements import Agreement
from plan_file.simulating.contract_usage import ContractUsage
from values.period import Period


@dataclass(eq=False)
class ContractRun:
    """`bills` are those to be made; `carried` is what the last one left of free units."""

    customer: Customer
    usage: ContractUsage
    bills: tuple[Bill, ...] = ()
    carried: Carried = NOTHING_CARRIED

    @property
    def agreement(self) -> Agreement:
        """The contract as agreed."""
        return self.usage.agreement

    @property
    def closed(self) -> tuple[Period, ...]:
        """The periods that the bills close, as far as the contract covers them."""
        return tuple(bill.closes.covered for bill in self.bills if bill.closes is not None)

    @property
    def following(self) -> tuple[Period, ...]:
        """The period that the last bill opens and none closes."""
        opened = tuple(bill.opens.covered for bill in self.bills if bill.opens is not None)
        return tuple(period for period in opened if period not in self.closed)
