"""What the first page of a customer shows, gathered in few queries."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import Customer
from invoicing.models import Invoice, InvoiceKind, InvoiceState, Question
from invoicing.queries.daily_cost import DayOfLine, daily_cost
from invoicing.queries.wallets import WalletGrant, wallet
from portal.queries.credits import DrawnByInvoice, drawn_of
from portal.queries.invoices import InvoiceFilter, listed_invoices
from usage.queries.used_meters import UsedMeter, used_meters

SHOWN_DUE = 3
SHOWN_RUNNING = 3
SHOWN_LATEST = 5
_RECENT = 12
ANSWERS_ARE_NEWS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Due:
    """What is owed in one currency, and how much of it since too long."""

    currency: str
    amount: Decimal
    invoices: int
    overdue: Decimal
    overdue_invoices: int


@dataclass(frozen=True, slots=True)
class Overview:
    """
    The first page. `recent` are the latest invoices of any state, `due_first` those to pay
    first; `days` are those of the running invoices' lines.
    """

    due: Sequence[Due]
    due_first: Sequence[Invoice]
    running: Sequence[Invoice]
    days: Sequence[DayOfLine]
    recent: Sequence[Invoice]
    credit: Sequence[WalletGrant]
    drawn: Sequence[DrawnByInvoice]
    meters: Sequence[UsedMeter]
    answers: int

    @property
    def latest(self) -> list[Invoice]:
        """Return the latest invoices whose period is over."""
        over = [each for each in self.recent if each.state != InvoiceState.UPCOMING]
        return over[:SHOWN_LATEST]

    @property
    def version(self) -> str:
        """Return the word for what the running invoices show; see `running_version`."""
        return _version([(each.uid, each.computed_at) for each in self.running])

    @property
    def data_to(self) -> datetime | None:
        """Return when the latest event happened, None if there never was one."""
        return max((meter.latest_at for meter in self.meters), default=None)


def overview_of(
    *, customer: Customer, now: datetime, today: date, answered_since: datetime
) -> Overview:
    """
    Return what the first page shows; `now` and `today` are the customer's.

    `answered_since` is of everybody's time: staff answer by it, whatever a test clock says.
    """
    unpaid = customer.invoices.filter(state=InvoiceState.ISSUED, amount_due__gt=0)
    recent = list(listed_invoices(customer=customer, wanted=InvoiceFilter(), now=now)[:_RECENT])
    running = [
        each
        for each in recent
        if each.state == InvoiceState.UPCOMING
        and each.kind == InvoiceKind.PERIOD
        and each.period_start <= now
    ][:SHOWN_RUNNING]
    return Overview(
        due=_due(unpaid, today),
        due_first=list(unpaid.order_by("due_date", "pk")[:SHOWN_DUE]),
        running=running,
        days=daily_cost(invoices=running, zone=customer.timezone) if running else (),
        recent=recent,
        credit=wallet(customer_id=customer.pk),
        drawn=drawn_of(invoices=recent),
        meters=used_meters(customer_id=customer.pk),
        answers=Question.objects.filter(
            invoice__customer=customer, answered_at__gt=answered_since
        ).count(),
    )


def running_overview(*, customer: Customer, now: datetime) -> Overview:
    """Return of the first page only the running invoices."""
    running = list(_running(customer, now))
    days = daily_cost(invoices=running, zone=customer.timezone) if running else ()
    return Overview((), (), running, days, running, (), (), (), 0)


def running_version(*, customer: Customer, now: datetime) -> str:
    """Return a word that changes whenever what the running invoices show does; one query."""
    return _version(list(_running(customer, now).values_list("uid", "computed_at")))


def _running(customer: Customer, now: datetime) -> QuerySet[Invoice]:
    upcoming = customer.invoices.filter(
        state=InvoiceState.UPCOMING, kind=InvoiceKind.PERIOD, period_start__lte=now
    )
    return upcoming.order_by("-period_start", "-uid")[:SHOWN_RUNNING]


def _version(invoices: Sequence[tuple[UUID, datetime | None]]) -> str:
    seen = "\n".join(f"{uid} {computed_at}" for uid, computed_at in invoices)
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def _due(unpaid: QuerySet[Invoice], today: date) -> list[Due]:
    overdue = Q(due_date__lt=today)
    sums = unpaid.values("currency").annotate(
        due=Sum("amount_due"),
        invoices=Count("pk"),
        overdue=Sum("amount_due", filter=overdue),
        overdue_invoices=Count("pk", filter=overdue),
    )
    return [
        Due(
            row["currency"], row["due"], row["invoices"], row["overdue"] or Decimal(0),
            row["overdue_invoices"],
        )
        for row in sums.order_by("currency")
    ]  # fmt: skip
