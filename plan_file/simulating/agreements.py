"""Contracts of a document as the invoice function takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from invoicing.assembly.bill import Bill
from invoicing.assembly.bills import bills
from invoicing.assembly.phases import Phase, compiled
from invoicing.assembly.terms import ContractTerms, MinimumCommitment
from invoicing.credits.grants import GrantBalance
from invoicing.credits.plan_grants import lots
from invoicing.rating.overrides import overridden
from invoicing.rating.price import PriceTerms
from plan_file.format.contracts import Contract
from plan_file.format.customers import Customer
from plan_file.format.document import Document
from plan_file.format.phases import Stretch
from plan_file.format.plans import Plan
from values.calendar import BillingCalendar
from values.period import Period


@dataclass(frozen=True)
class Agreement:
    """A contract with its plans by code, its prices as agreed and its calendar."""

    zone: str
    contract: Contract
    plans: Mapping[str, Plan]
    terms: ContractTerms
    calendar: BillingCalendar

    def price(self, code: str) -> PriceTerms:
        """Return the price of a code."""
        return next(price for price in self.terms.prices if price.code == code)

    def bills(self, *, waits_until: datetime | None = None) -> Iterator[Bill]:
        """
        Yield the invoices of the contract in order, endless where it has no end.

        Each is open as long as the plan at its period's end says; terms of payment are the
        contract's, else those of its first plan. The last one is not issued before
        ``waits_until``.
        """
        own_days = self.contract.net_terms_days
        first_plan = self.plans[self.contract.plan]
        return bills(
            calendar=self.calendar,
            grace_hours_at=lambda instant: self.plan_at(instant).grace_hours,
            net_terms_days=first_plan.net_terms_days if own_days is None else own_days,
            waits_until=waits_until,
        )

    def plan_at(self, instant: datetime) -> Plan:
        """Return the plan in force at an instant of the contract."""
        running = [each for each in self.contract.stretches if each.starts_at <= instant]
        return self.plans[running[-1].plan]

    def lots(self, periods: Sequence[Period]) -> Iterator[GrantBalance]:
        """Yield what the plans grant in these periods, each lot full."""
        for plan, time in self._plan_times():
            covered = [period.clipped(*time) for period in periods]
            for grant in plan.grants:
                inside = (period for period in covered if period is not None)
                yield from lots(grant, inside, calendar=self.calendar)

    def _plan_times(self) -> Iterator[tuple[Plan, tuple[datetime, datetime | None]]]:
        """Yield each plan with the time in which it holds, whatever overrides change."""
        for code, together in groupby(self.contract.stretches, key=lambda each: each.plan):
            parts = list(together)
            yield self.plans[code], (parts[0].starts_at, parts[-1].ends_at)


def agreements(document: Document, customer: Customer) -> Iterator[Agreement]:
    """Yield the customer's contracts in the order of the file."""
    plans = {plan.code: plan for plan in document.plans}
    prices = {price.terms.code: price.terms for price in document.prices}
    for contract in customer.contracts:
        calendar = _calendar(contract, plans[contract.plan], customer.timezone)
        phases = [_phase(stretch, plans[stretch.plan], prices) for stretch in contract.stretches]
        yield Agreement(
            zone=customer.timezone,
            contract=contract,
            plans=plans,
            terms=_terms(document, contract, plans[contract.plan], phases, calendar),
            calendar=calendar,
        )


def _terms(
    document: Document,
    contract: Contract,
    plan: Plan,
    phases: Sequence[Phase],
    calendar: BillingCalendar,
) -> ContractTerms:
    agreed = compiled(phases)
    read = frozenset(code for price in agreed.prices for code in price.meters)
    return ContractTerms(
        currency=plan.currency,
        prices=agreed.prices,
        meters={meter.code: meter for meter in document.meters if meter.code in read},
        rounding=document.rounding,
        zone=calendar.zone,
        starts_at=contract.start,
        quantities=contract.quantities,
        commitments=agreed.commitments,
        phase_starts=agreed.phase_starts,
        plan_orders=agreed.plan_orders,
        calendar=calendar,
    )


def _phase(stretch: Stretch, plan: Plan, prices: Mapping[str, PriceTerms]) -> Phase:
    commitment = None
    if plan.minimum_commitment is not None:
        commitment = MinimumCommitment(plan.minimum_commitment, plan.commitment_tax_code)
    return Phase(
        starts_at=stretch.starts_at,
        prices=tuple(_agreed(prices[code], stretch) for code in plan.prices),
        commitment=commitment,
    )


def _agreed(price: PriceTerms, stretch: Stretch) -> PriceTerms:
    override = stretch.overrides.get(price.code)
    return price if override is None else overridden(price, override)


def _calendar(contract: Contract, plan: Plan, zone: str) -> BillingCalendar:
    anchor = contract.anchor_date
    return BillingCalendar(
        interval=plan.billing_period,
        anchor_day=contract.anchor_day,
        zone=zone,
        start=contract.start,
        end=contract.end,
        anchor_month=None if anchor is None else anchor.month,
    )
