"""One contract's last period, billed as agreed and by another plan or a draft: line by line."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

from django.db.models import Q, QuerySet

from catalog.models import Plan, PriceVersion, RateCardVersion
from catalog.queries.draft_in_place import draft_in_place
from contracts.models import Contract
from contracts.queries.terms import contract_meters, contract_terms
from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.invoice import assemble_invoice
from invoicing.assembly.preview import whole_bill
from invoicing.assembly.result import InvoiceResult
from invoicing.assembly.terms import ContractTerms, DatedQuantity, cuts
from invoicing.queries.plan_preview import counted_names, plan_to_preview
from invoicing.queries.price_change_preview import has_whole_period, last_period
from invoicing.queries.stored_usage import StoredUsage
from invoicing.rating.lines import Line
from invoicing.tax.unregistered import NoTaxRegistered
from usage.store import store
from values.exact import EXACT
from values.period import Period
from values.problems import InvalidTerms, Problem

Draft = PriceVersion | RateCardVersion


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A line by both terms; None where one of them does not make it."""

    old: Line | None
    new: Line | None

    @property
    def difference(self) -> Decimal:
        """Return how much more the customer would pay for it; negative for less."""
        old, new = (Decimal(0) if line is None else line.amount for line in (self.old, self.new))
        return EXACT.subtract(new, old)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Both invoices, before tax and credit; the terms are those that made them."""

    period: Period
    is_whole: bool
    old: InvoiceResult
    new: InvoiceResult
    old_terms: ContractTerms
    new_terms: ContractTerms

    @property
    def difference(self) -> Decimal:
        """Return how much more the customer would pay; negative for less."""
        return EXACT.subtract(self.new.subtotal, self.old.subtotal)

    @property
    def lines(self) -> list[ComparedLine]:
        """Return the lines of both, equal ones side by side: the old order, then what is new."""
        old, new = _named(self.old.lines), _named(self.new.lines)
        names = dict.fromkeys((*old, *new))
        return [ComparedLine(old.get(name), new.get(name)) for name in names]


def what_if(
    *,
    contract: Contract,
    now: datetime,
    plan: Plan | None = None,
    draft: Draft | None = None,
    quantities: Mapping[str, Decimal] | None = None,
) -> WhatIf:
    """
    Return what another plan, or a draft in the place of what is in force, would have made.

    The contract comes `with_terms`, the plan from `plan_to_preview`. Its overrides stay on the
    prices that the plan has, too; allowances begin full on both sides. `quantities` are what
    the plan counts and the contract does not state (`unstated`). Nothing is written.

    :raises InvalidTerms: what is compared does not hold together, or the contract lies ahead.
    """
    own_now = contract.customer.now(now=now)
    if own_now <= contract.starts_at:
        raise InvalidTerms([Problem((), "the contract has not begun: there is no usage of it yet")])
    is_over = contract.ends_at is not None and contract.ends_at <= own_now
    period = _final_period(contract) if is_over else last_period(contract, now=own_now)
    other = copy(contract)
    if plan is not None:
        other.plan = plan
    old = contract_terms(contract)
    new = contract_terms(other)
    if draft is not None:
        new = contract_terms(other, as_if=draft_in_place(draft, now=now))
    supposed = {
        name: (DatedQuantity(period.start, size),) for name, size in (quantities or {}).items()
    }
    new = replace(new, quantities={**supposed, **new.quantities})
    rows = {**contract_meters(contract), **contract_meters(other)}
    usage = StoredUsage(
        customer_id=contract.customer_id,
        terms=old,
        meter_ids={code: row.pk for code, row in rows.items()},
        snapshot=store.snapshot(),
        cut_at=(*cuts(old, (), period), *cuts(new, (), period)),
    )
    return WhatIf(
        period=period,
        is_whole=is_over or has_whole_period(contract, now=own_now),
        old=_billed(contract, old, usage, period),
        new=_billed(other, new, usage, period),
        old_terms=old,
        new_terms=new,
    )


def unstated(*, contract: Contract, plan: Plan) -> list[str]:
    """Return what the plan counts (seats) and the contract says no quantity of."""
    other = copy(contract)
    other.plan = plan
    terms = contract_terms(other)
    return [name for name in counted_names(terms=terms) if name not in terms.quantities]


def plans_to_compare(*, contract: Contract) -> QuerySet[Plan]:
    """Return the other plans of the seller in the same currency."""
    plans = Plan.objects.filter(
        legal_entity=contract.customer.legal_entity_id, currency=contract.plan.currency
    )
    return plans.exclude(pk=contract.plan_id).order_by("name")


def drafts_to_compare(*, contract: Contract) -> list[Draft]:
    """Return the drafts of the plan's prices, then those of the rate cards that they use."""
    price_ids = [item.price_id for item in contract.plan.items.all()]
    prices = PriceVersion.objects.filter(price__in=price_ids, published_at=None)
    cards = RateCardVersion.objects.filter(
        Q(rate_card__price_versions__price__in=price_ids), published_at=None
    )
    return [
        *prices.select_related("price__legal_entity", "price__meter", "rate_card__meter").order_by(
            "price__code", "pk"
        ),
        *cards.select_related("rate_card__meter", "rate_card__legal_entity")
        .prefetch_related("entries")
        .distinct()
        .order_by("rate_card__code", "pk"),
    ]


def plan_to_compare(*, contract: Contract, plan_id: int) -> Plan | None:
    """Return a plan with what its terms read; None where it is not one of those to compare."""
    if not plans_to_compare(contract=contract).filter(pk=plan_id).exists():
        return None
    return plan_to_preview(plan_id=plan_id)


def _final_period(contract: Contract) -> Period:
    """Return the last billing period of a contract that is over."""
    assert contract.ends_at is not None, "what is over has an end"
    return contract.calendar().period_at(contract.ends_at - timedelta(microseconds=1))


def _billed(
    contract: Contract, terms: ContractTerms, usage: StoredUsage, period: Period
) -> InvoiceResult:
    full = contract.calendar().full_period_at(period.start)
    billed = BilledPeriod(period, full if full.encloses(period) else period)
    return assemble_invoice(
        terms=terms,
        bill=whole_bill(billed, zone=terms.zone),
        usage=usage.under(terms),
        grants=(),
        tax=NoTaxRegistered(),
    )


def _named(lines: Sequence[Line]) -> dict[tuple[object, ...], Line]:
    """Return the lines by what they are for; equal names are told apart by their number."""
    found: dict[tuple[object, ...], Line] = {}
    for line in lines:
        name = (line.section, line.price, line.description, line.dimensions)
        number = next(n for n in count() if (*name, n) not in found)
        found[*name, number] = line
    return found
