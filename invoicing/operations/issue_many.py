"""Issuing many drafts on request: a job with an item for each, walked one by one."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

import structlog
from django.db import OperationalError, connection, transaction

from accounts.models import User
from invoicing.models import InvoiceState, IssueJob, IssueJobItem, IssueOutcome
from invoicing.operations.issue_invoice import (
    GraceNotOver,
    IssuingStopped,
    NotADraft,
    UsageUnsettled,
    issue_invoice,
)
from invoicing.operations.refresh_invoice import NotOpen
from usage.store.archives.archived import MonthArchived
from values.identifiers import uuid7
from values.problems import InvalidTerms

MOST_ATTEMPTS = 3

log = structlog.get_logger()

_REFUSALS = (NotOpen, NotADraft, GraceNotOver, InvalidTerms, UsageUnsettled, MonthArchived)


class NotTheSameJob(ValueError):
    """Under this id somebody else asked."""


@transaction.atomic
def start_issue_job(
    *,
    invoice_ids: Iterable[int],
    requested_by: User,
    now: datetime,
    reason: str = "",
    uid: UUID | None = None,
) -> tuple[IssueJob, bool]:
    """
    Return the job with this id and whether it is new: then all of these invoices wait in it.

    Whoever sends a form twice starts one job.

    :raises NotTheSameJob: the id is of a job of somebody else.
    """
    job, is_new = IssueJob.objects.get_or_create(
        uid=uid or uuid7(),
        defaults={"requested_by": requested_by, "requested_at": now, "reason": reason},
    )
    if job.requested_by_id != requested_by.pk:
        raise NotTheSameJob("somebody else asked under this id")
    if is_new:
        IssueJobItem.objects.bulk_create(
            IssueJobItem(job=job, invoice_id=invoice_id)
            for invoice_id in dict.fromkeys(invoice_ids)
        )
    return job, is_new


def issue_next(
    *, job_id: int, now: datetime, passed_over: Collection[int] = ()
) -> IssueJobItem | None:
    """
    Issue the next waiting invoice of a job and return its item; None if none is to be had.

    An item on which the database gave up, as after too long a wait, comes back waiting: it is
    tried again after all others, three times in all. Items `passed_over` are left alone.

    The invoice and what became of it are committed together: killed at any moment and called
    again, by as many as like, each invoice is issued once and each item has one outcome. What
    another one works on right now is passed over.

    :raises OperationalError: the connection is gone; the item waits on.
    """
    with transaction.atomic():
        item = (
            IssueJobItem.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(job=job_id, outcome=IssueOutcome.WAITING)
            .exclude(pk__in=passed_over)
            .order_by("attempts", "pk")
            .first()
        )
        if item is None:
            return None
        item.outcome, item.detail = _issued(item, now=now)
        item.finished_at = None if item.outcome == IssueOutcome.WAITING else now
        item.save(update_fields=["outcome", "detail", "attempts", "finished_at"])
    return item


def _issued(item: IssueJobItem, *, now: datetime) -> tuple[IssueOutcome, str]:
    try:
        with transaction.atomic():
            return _issue(item.invoice_id, now=now)
    except _REFUSALS as refusal:
        return IssueOutcome.REFUSED, str(refusal)
    except OperationalError as error:
        if not connection.is_usable():
            raise
        return _given_up(item, error)
    except Exception as error:
        # One that fails keeps no other waiting; the whole error stands in the log.
        log.exception("issue_job_item_failed", item_id=item.pk, invoice_id=item.invoice_id)
        return IssueOutcome.REFUSED, _with_detail(
            "Not issued: a fault in the portal. The draft is as it was; tell whoever runs the "
            "portal.",
            error,
        )


def _given_up(item: IssueJobItem, error: OperationalError) -> tuple[IssueOutcome, str]:
    log.warning(
        "issue_job_item_given_up", item_id=item.pk, invoice_id=item.invoice_id, why=str(error)
    )
    item.attempts += 1
    if item.attempts < MOST_ATTEMPTS:
        return IssueOutcome.WAITING, ""
    return IssueOutcome.REFUSED, _with_detail(
        f"Not issued: it took too long or the database refused, {item.attempts} times. The draft "
        "is as it was; issue it again later.",
        error,
    )


def _with_detail(words: str, error: Exception) -> str:
    """Return the words, then the first line of what the machine says."""
    detail = str(error).replace("\x00", "").strip().partition("\n")[0]
    return f"{words} Technical detail: {type(error).__name__}: {detail}"


def _issue(invoice_id: int, *, now: datetime) -> tuple[IssueOutcome, str]:
    try:
        invoice = issue_invoice(invoice_id=invoice_id, now=now)
    except IssuingStopped as stop:
        # Answered, not raised: the draft keeps the reason, which a rollback would take back.
        return IssueOutcome.REFUSED, str(stop)
    if invoice.state == InvoiceState.SKIPPED:
        return IssueOutcome.SKIPPED, "Nothing was used in this period: no number is taken."
    return IssueOutcome.ISSUED, ""
