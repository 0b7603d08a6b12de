"""
Who would pay more and who less, had a draft of a rate card or price been in force already.

The usage of each contract's last full period is billed twice by the invoice function: by the
terms of that time, and with the draft in the place of whatever was in force. Nothing is written.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce

from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from catalog.models import PlanPrice, PriceVersion, RateCardVersion
from catalog.queries.draft_in_place import AsIf, draft_in_place
from contracts.models import Contract
from contracts.queries.terms import contract_terms, meter_ids, with_terms
from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.invoice import assemble_invoice
from invoicing.assembly.preview import whole_bill
from invoicing.assembly.terms import ContractTerms, cuts
from invoicing.queries.stored_usage import StoredUsage
from invoicing.tax.unregistered import NoTaxRegistered
from usage.store import store
from values.exact import EXACT
from values.period import Period
from values.problems import InvalidTerms

COMPUTED_AT_MOST = 200
WITHOUT_A_PERIOD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ContractEffect:
    """The subtotal of one contract's period, before tax and credit, by both terms."""

    contract: Contract
    period: Period
    currency: str
    old: Decimal
    new: Decimal
    is_whole: bool = True
    """Whether the period is a whole billing period; else the days until now stand for one."""
    has_usage: bool = True

    @property
    def is_touched(self) -> bool:
        """Return whether there was usage to price, or a fee that changes."""
        return self.has_usage or self.old != self.new

    @property
    def difference(self) -> Decimal:
        """Return how much more the customer would pay; negative for less."""
        return EXACT.subtract(self.new, self.old)


@dataclass(frozen=True, slots=True)
class Total:
    """What all computed contracts of one currency come to."""

    currency: str
    old: Decimal
    new: Decimal

    @property
    def difference(self) -> Decimal:
        """Return how much more they would pay together."""
        return EXACT.subtract(self.new, self.old)


@dataclass(frozen=True, slots=True)
class PriceChangePreview:
    """
    The effects, the largest rise first, the largest fall last.

    `unused` contracts had no usage in their period; `refused` cannot be billed by the draft,
    with the reason; `left_out` were not computed, because they are too many.
    """

    effects: tuple[ContractEffect, ...]
    unused: int
    refused: tuple[tuple[Contract, str], ...]
    left_out: int

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many would pay ``more``, ``less`` and the ``same``."""
        found = Counter(_direction(effect.difference) for effect in self.effects)
        return {name: found[name] for name in ("more", "less", "same")}

    @property
    def totals(self) -> list[Total]:
        """Return the sums of each currency."""
        currencies = sorted({effect.currency for effect in self.effects})
        return [
            Total(
                currency,
                _sum(effect.old for effect in self.effects if effect.currency == currency),
                _sum(effect.new for effect in self.effects if effect.currency == currency),
            )
            for currency in currencies
        ]


def price_change_preview(
    *, version: RateCardVersion | PriceVersion, now: datetime
) -> PriceChangePreview:
    """
    Return what a draft would have changed for the contracts that are active now.

    At most 200 contracts are computed, those first that were made first.

    :raises InvalidTerms: the draft itself does not hold together.
    """
    contracts = _active_contracts(version, now=now)
    found = list(with_terms(contracts)[:COMPUTED_AT_MOST])
    as_if = draft_in_place(version, now=now)
    refused: list[tuple[Contract, str]] = []
    billed: list[_Billed] = []
    snapshot = store.snapshot()
    for contract in found:
        try:
            billed.append(_billed(contract, as_if, now=now, snapshot=snapshot))
        except InvalidTerms as error:
            refused.append((contract, str(error)))
    effects = [_effect(each) for each in billed]
    effects = [each for each in effects if each.is_touched]
    return PriceChangePreview(
        effects=tuple(sorted(effects, key=lambda e: (-e.difference, e.contract.pk))),
        unused=len(billed) - len(effects),
        refused=tuple(refused),
        left_out=max(0, contracts.count() - len(found)),
    )


def last_period(contract: Contract, *, now: datetime) -> Period:
    """Return the last billing period that was over by the customer's `now`, else 30 days."""
    if has_whole_period(contract, now=now):
        running = contract.calendar().period_at(now)
        return contract.calendar().period_at(running.start - timedelta(microseconds=1))
    start = max(contract.starts_at, now - WITHOUT_A_PERIOD)
    return Period(start, max(now, start + timedelta(microseconds=1)))


def has_whole_period(contract: Contract, *, now: datetime) -> bool:
    """Return whether a billing period of the contract was over by the customer's `now`."""
    return contract.calendar().period_at(now).start > contract.starts_at


@dataclass(frozen=True, slots=True)
class _Billed:
    """A contract with both terms and what was counted in its period."""

    contract: Contract
    old: ContractTerms
    new: ContractTerms
    period: Period
    is_whole: bool
    usage: StoredUsage

    @property
    def has_usage(self) -> bool:
        return any(self.usage.sums(self.period, ()).values())


def _active_contracts(
    version: RateCardVersion | PriceVersion, *, now: datetime
) -> QuerySet[Contract]:
    published = PriceVersion.objects.filter(published_at__isnull=False)
    items = (
        PlanPrice.objects.filter(
            price__in=published.filter(rate_card=version.rate_card_id).values("price")
        )
        if isinstance(version, RateCardVersion)
        else PlanPrice.objects.filter(price=version.price_id)
    )
    own_now = Coalesce("customer__test_clock__now_at", Value(now, output_field=DateTimeField()))
    return (
        Contract.objects.filter(activated_at__isnull=False, plan__in=items.values("plan"))
        .annotate(own_now=own_now)
        .filter(starts_at__lte=F("own_now"))
        .filter(Q(ends_at=None) | Q(ends_at__gt=F("own_now")))
        .order_by("pk")
    )


def _billed(contract: Contract, as_if: AsIf, *, now: datetime, snapshot: str) -> _Billed:
    old = contract_terms(contract)
    new = contract_terms(contract, as_if=as_if)
    own_now = contract.customer.now(now=now)
    period = last_period(contract, now=own_now)
    usage = StoredUsage(
        customer_id=contract.customer_id,
        terms=old,
        meter_ids=meter_ids(contract),
        snapshot=snapshot,
        cut_at=(*cuts(old, (), period), *cuts(new, (), period)),
    )
    return _Billed(contract, old, new, period, has_whole_period(contract, now=own_now), usage)


def _effect(billed: _Billed) -> ContractEffect:
    return ContractEffect(
        contract=billed.contract,
        period=billed.period,
        currency=billed.old.currency,
        old=_subtotal(billed.old, billed),
        new=_subtotal(billed.new, billed),
        is_whole=billed.is_whole,
        has_usage=billed.has_usage,
    )


def _subtotal(terms: ContractTerms, billed: _Billed) -> Decimal:
    """Return what the period's usage and its own fees come to, with allowances given anew."""
    full = billed.contract.calendar().full_period_at(billed.period.start)
    whole = BilledPeriod(billed.period, full if full.encloses(billed.period) else billed.period)
    return assemble_invoice(
        terms=terms,
        bill=whole_bill(whole, zone=terms.zone),
        usage=billed.usage.under(terms),
        grants=(),
        tax=NoTaxRegistered(),
    ).subtotal


def _direction(difference: Decimal) -> str:
    if not difference:
        return "same"
    return "more" if difference > 0 else "less"


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return reduce(EXACT.add, amounts, Decimal(0))
