"""What a change of usage would do to invoices: done, priced, and taken back."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from djmoney.money import Money

from accounts.models import Customer
from invoicing.models import Invoice, InvoiceState
from invoicing.operations.refresh_customer import refresh_customer
from usage.models import RatingVerdict, UsageArrival, Verdict

Change = Callable[[], Collection[int]]
"""Changes usage, leaves an arrival for each customer that it touches, and returns their ids."""


class CustomerInHand(RuntimeError):
    """Somebody bills the customer at this moment; a moment later it can be asked again."""


@dataclass(frozen=True, slots=True)
class InvoiceEffect:
    """An open invoice whose total, before credit, would change."""

    invoice: Invoice
    before: Money
    after: Money

    @property
    def difference(self) -> Money:
        """Return what the change adds; negative where it takes away."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """
    What a change of usage comes to.

    `late_events` are those that it adds (or takes from) periods that are billed already: no
    open invoice changes by them. `unbilled_events` those that no contract or price would bill.
    """

    invoices: tuple[InvoiceEffect, ...]
    late_events: int
    unbilled_events: int

    @property
    def totals(self) -> list[Money]:
        """Return what is added in all, one amount for each currency."""
        sums: dict[str, Money] = {}
        for effect in self.invoices:
            code = effect.difference.currency.code
            sums[code] = sums.get(code, Money(0, code)) + effect.difference
        return [sums[code] for code in sorted(sums)]


def money_of_change(*, change: Change, now: datetime) -> ChangeEffect:
    """
    Return what open invoices would come to after the change; nothing is kept of it.

    The invoices are computed as usage that arrives has them computed, before and after, under
    the customers' locks. The change runs twice: first to learn whose usage it touches.

    :raises CustomerInHand: one of the customers is being billed right now.
    """
    with transaction.atomic():
        customer_ids = sorted(change())
        transaction.set_rollback(True)
    with transaction.atomic():
        before = _state(customer_ids, now=now)
        change()
        after = _state(customer_ids, now=now)
        transaction.set_rollback(True)
    return ChangeEffect(
        invoices=tuple(
            InvoiceEffect(invoice, before.totals[pk], after.totals[pk])
            for pk, invoice in after.invoices.items()
            if after.totals[pk] != before.totals[pk]
        ),
        late_events=after.late - before.late,
        unbilled_events=after.unbilled - before.unbilled,
    )


@dataclass(frozen=True, slots=True)
class _State:
    invoices: dict[int, Invoice]
    totals: dict[int, Money]
    late: int
    unbilled: int


def _state(customer_ids: Collection[int], *, now: datetime) -> _State:
    for customer_id in customer_ids:
        _refresh(customer_id, now=now)
    invoices = {
        invoice.pk: invoice
        for invoice in Invoice.objects.filter(
            customer__in=customer_ids, state__in=[InvoiceState.UPCOMING, InvoiceState.DRAFT]
        )
        .select_related("customer")
        .order_by("customer", "period_start", "pk")
    }
    return _State(
        invoices=invoices,
        totals={pk: invoice.total for pk, invoice in invoices.items()},
        late=_events(customer_ids, [Verdict.LATE]),
        unbilled=_events(
            customer_ids,
            [Verdict.NO_CONTRACT, Verdict.UNPRICED, Verdict.NO_RATE, Verdict.BAD_VALUE],
        ),
    )


def _refresh(customer_id: int, *, now: datetime) -> None:
    customer = Customer.objects.select_related("test_clock").get(pk=customer_id)
    refreshed = refresh_customer(customer_id=customer_id, now=customer.now(now=now))
    if not refreshed and UsageArrival.objects.filter(customer=customer_id).exists():
        raise CustomerInHand(f"{customer} is being billed at this moment; try again in a minute.")


def _events(customer_ids: Collection[int], verdicts: Collection[Verdict]) -> int:
    told = RatingVerdict.objects.filter(customer__in=customer_ids, verdict__in=verdicts)
    return int(told.aggregate(events=Sum("events"))["events"] or 0)
