"""Contracts of a document as the invoice function takes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from invoicing.assembly.terms import ContractTerms
from invoicing.rating.overrides import overridden
from invoicing.rating.price import PriceTerms
from plan_file.format.contracts import Contract
from plan_file.format.customers import Customer
from plan_file.format.document import Document
from plan_file.format.plans import Plan
from usage.metering.meter import Meter
from values.calendar import BillingCalendar, local_date
from values.period import Period


@dataclass(frozen=True)
class Agreement:
    """A contract with its plan, its prices as agreed and its calendar."""

    zone: str
    contract: Contract
    plan: Plan
    terms: ContractTerms
    calendar: BillingCalendar

    def price_of(self, meter: str) -> PriceTerms | None:
        """Return the first price of the meter, None where the contract has none."""
        return next((price for price in self.terms.prices if price.meter == meter), None)

    def price(self, code: str) -> PriceTerms:
        """Return the price of a code."""
        return next(price for price in self.terms.prices if price.code == code)

    def issue_date(self, period: Period) -> date:
        """Return the local date on which the draft of a period closes."""
        return local_date(period.end + timedelta(hours=self.plan.grace_hours), self.zone)

    def due_date(self, issue_date: date) -> date:
        """Return the date by which an invoice of that date is to be paid."""
        own_days = self.contract.net_terms_days
        return issue_date + timedelta(
            days=self.plan.net_terms_days if own_days is None else own_days
        )


def agreements(document: Document, customer: Customer) -> Iterator[Agreement]:
    """Yield the customer's contracts in the order of the file."""
    plans = {plan.code: plan for plan in document.plans}
    prices = {price.terms.code: price.terms for price in document.prices}
    meters = {meter.code: meter for meter in document.meters}
    for contract in customer.contracts:
        plan = plans[contract.plan]
        agreed = tuple(_agreed(prices[code], contract) for code in plan.prices)
        yield Agreement(
            zone=customer.timezone,
            contract=contract,
            plan=plan,
            terms=ContractTerms(
                currency=plan.currency,
                prices=agreed,
                meters=_priced(agreed, meters),
                rounding=document.rounding,
            ),
            calendar=BillingCalendar(
                interval=plan.billing_period,
                anchor_day=contract.anchor_day,
                zone=customer.timezone,
                start=contract.start,
                end=contract.end,
            ),
        )


def _agreed(price: PriceTerms, contract: Contract) -> PriceTerms:
    override = contract.overrides.get(price.code)
    return price if override is None else overridden(price, override)


def _priced(prices: tuple[PriceTerms, ...], meters: dict[str, Meter]) -> dict[str, Meter]:
    return {price.meter: meters[price.meter] for price in prices}
