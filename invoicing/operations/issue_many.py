"""Issuing many drafts on request: a job with an item for each, walked one by one."""

from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db import OperationalError, transaction

from accounts.models import User
from invoicing.models import InvoiceState, IssueJob, IssueJobItem, IssueOutcome
from invoicing.operations.issue_invoice import (
    GraceNotOver,
    IssuingStopped,
    NotADraft,
    issue_invoice,
)
from invoicing.operations.refresh_invoice import NotOpen
from values.problems import InvalidTerms

log = structlog.get_logger()

_REFUSALS = (NotOpen, NotADraft, GraceNotOver, InvalidTerms)


@transaction.atomic
def start_issue_job(
    *, invoice_ids: Iterable[int], requested_by: User, now: datetime, reason: str = ""
) -> IssueJob:
    """Return a new job with these invoices, all of them waiting."""
    job = IssueJob.objects.create(requested_by=requested_by, requested_at=now, reason=reason)
    IssueJobItem.objects.bulk_create(
        IssueJobItem(job=job, invoice_id=invoice_id) for invoice_id in dict.fromkeys(invoice_ids)
    )
    return job


def issue_next(*, job_id: int, now: datetime) -> IssueJobItem | None:
    """
    Issue the next waiting invoice of a job and return its item; None if none is to be had.

    The invoice and what became of it are committed together: killed at any moment and called
    again, by as many as like, each invoice is issued once and each item has one outcome. What
    another one works on right now is passed over.

    :raises OperationalError: the database is gone; the item waits on.
    """
    with transaction.atomic():
        item = (
            IssueJobItem.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(job=job_id, outcome=IssueOutcome.WAITING)
            .order_by("pk")
            .first()
        )
        if item is None:
            return None
        item.outcome, item.detail = _issued(item, now=now)
        item.finished_at = now
        item.save(update_fields=["outcome", "detail", "finished_at"])
    return item


def _issued(item: IssueJobItem, *, now: datetime) -> tuple[IssueOutcome, str]:
    try:
        with transaction.atomic():
            return _issue(item.invoice_id, now=now)
    except _REFUSALS as refusal:
        return IssueOutcome.REFUSED, str(refusal)
    except OperationalError:
        raise
    except Exception as error:
        # One that fails keeps no other waiting; the whole error stands in the log.
        log.exception("issue_job_item_failed", item_id=item.pk, invoice_id=item.invoice_id)
        return IssueOutcome.REFUSED, f"{type(error).__name__}: {error}"


def _issue(invoice_id: int, *, now: datetime) -> tuple[IssueOutcome, str]:
    try:
        invoice = issue_invoice(invoice_id=invoice_id, now=now)
    except IssuingStopped as stop:
        # Answered, not raised: the draft keeps the reason, which a rollback would take back.
        return IssueOutcome.REFUSED, str(stop)
    if invoice.state == InvoiceState.SKIPPED:
        return IssueOutcome.SKIPPED, "Nothing was used in this period: no number is taken."
    return IssueOutcome.ISSUED, ""
