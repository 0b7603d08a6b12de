"""Jobs that issue many invoices: what can be issued, and how far a job is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from invoicing.models import Invoice, InvoiceState, IssueJob, IssueJobItem, IssueOutcome


@dataclass(frozen=True, slots=True)
class Issuable:
    """Invoices sorted by whether they can be issued now; a reason for each that cannot."""

    ready: tuple[Invoice, ...]
    others: tuple[tuple[Invoice, str], ...]


def issuable(*, invoices: Iterable[Invoice], now: datetime) -> Issuable:
    """Return which of these can be issued at each customer's own time."""
    judged = [(invoice, _obstacle(invoice, now=now)) for invoice in invoices]
    return Issuable(
        ready=tuple(invoice for invoice, obstacle in judged if not obstacle),
        others=tuple((invoice, obstacle) for invoice, obstacle in judged if obstacle),
    )


def _obstacle(invoice: Invoice, *, now: datetime) -> str:
    if invoice.state == InvoiceState.UPCOMING:
        return "its period is not closed yet"
    if invoice.state != InvoiceState.DRAFT:
        return f"it is {invoice.get_state_display()} already"
    if invoice.customer.now(now=now) < invoice.closes_at:
        return f"it stays open for late usage until {invoice.closes_at:%Y-%m-%d %H:%M} UTC"
    return ""


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How many items a job has, by outcome."""

    total: int
    waiting: int
    issued: int
    skipped: int
    refused: int

    @property
    def done(self) -> int:
        """Return how many have an outcome."""
        return self.total - self.waiting


def with_progress(jobs: QuerySet[IssueJob]) -> QuerySet[IssueJob]:
    """Return the jobs with the number of their items by outcome, as `progress_of` reads them."""
    counts = {
        f"{outcome}_items": Count("items", filter=Q(items__outcome=outcome))
        for outcome in IssueOutcome.values
    }
    return jobs.annotate(total_items=Count("items"), **counts)


def progress_of(job: IssueJob) -> JobProgress:
    """Return how far a job is that comes `with_progress`."""
    counts = {name: getattr(job, f"{name}_items") for name in ("total", *IssueOutcome.values)}
    return JobProgress(**counts)


def jobs_to_do() -> list[int]:
    """Return the ids of the jobs that have waiting items, oldest first."""
    waiting = IssueJobItem.objects.filter(outcome=IssueOutcome.WAITING)
    return list(waiting.order_by("job").values_list("job", flat=True).distinct())
