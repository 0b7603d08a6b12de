"""Background work of invoicing. Tasks carry ids and may arrive twice."""

import structlog
from celery import shared_task
from django.conf import settings
from django.db import connection
from django.utils import timezone

from invoicing.models import IssueOutcome
from invoicing.operations.announce_new_prices import announce_new_prices
from invoicing.operations.archive_usage import archive_usage, months_to_archive
from invoicing.operations.issue_many import issue_next
from invoicing.operations.queue_email import queue_invoice_email
from invoicing.operations.record_failed_delivery import record_failed_delivery
from invoicing.operations.refresh_customer import refresh_customer
from invoicing.operations.render_document import render_document
from invoicing.operations.run_bills import CHUNK, bill_chunk, start_bill_run
from invoicing.operations.send_email import send_invoice_email
from invoicing.operations.warn_low_credit import warn_low_credit
from invoicing.queries.issue_jobs import jobs_to_do
from invoicing.queries.undelivered import undelivered_invoices
from usage.models import UsageArrival
from usage.store.archives.archivers import AnotherArchives

log = structlog.get_logger()

# Work that was handed out and not begun by then was handed out anew: it must not pile up.
REFRESH_EXPIRES_SECONDS = 30
BILL_EXPIRES_SECONDS = 300
FINISH_EXPIRES_SECONDS = 120
LONGEST_ARCHIVE_SECONDS = 4 * 3600


class MonthsStay(RuntimeError):
    """Months that are old enough could not be archived: each, and why."""


@shared_task(name="invoicing.refresh_upcoming")
def refresh_upcoming() -> None:
    """Find customers whose usage arrived or whose prices changed; have amounts refreshed."""
    announce_new_prices()
    customers = UsageArrival.objects.order_by("customer_id").values_list("customer_id", flat=True)
    ids = list(customers.distinct())
    for start in range(0, len(ids), CHUNK):
        refresh_customers.apply_async([ids[start : start + CHUNK]], expires=REFRESH_EXPIRES_SECONDS)


@shared_task(name="invoicing.refresh_customers")
def refresh_customers(customer_ids: list[int]) -> None:
    """Refresh the amounts of these customers; one that fails keeps no other waiting."""
    for customer_id in customer_ids:
        try:
            had_news = refresh_customer(customer_id=customer_id, now=timezone.now())
        except Exception:
            # Its news stay, so that the next round tries again.
            log.exception("refresh_customer_failed", customer_id=customer_id)
        else:
            if had_news:
                _warn_low_credit(customer_id)


def _warn_low_credit(customer_id: int) -> None:
    try:
        warn_low_credit(customer_id=customer_id, now=timezone.now())
    except Exception:
        # Amounts are fresh all the same; the next usage asks again.
        log.exception("warn_low_credit_failed", customer_id=customer_id)


@shared_task(name="invoicing.bill_due")
def bill_due() -> None:
    """Start a bill run if anybody is due, and hand out its chunks."""
    now = timezone.now()
    started = start_bill_run(as_of=now, now=now)
    if started is not None:
        run, chunks = started
        for chunk in chunks:
            bill_customers.apply_async([run.pk, chunk], expires=BILL_EXPIRES_SECONDS)


@shared_task(name="invoicing.bill_customers")
def bill_customers(run_id: int, customer_ids: list[int]) -> None:
    """Bill a chunk of a run, then see to the documents of what was issued."""
    for invoice_id in bill_chunk(run_id=run_id, customer_ids=customer_ids, now=timezone.now()):
        finish_invoice.delay(invoice_id)


@shared_task(name="invoicing.finish_issued")
def finish_issued() -> None:
    """See to issued invoices that lack their PDF or whose e-mail is not sent; to lost jobs too."""
    for invoice_id in undelivered_invoices(now=timezone.now()):
        finish_invoice.apply_async([invoice_id], expires=FINISH_EXPIRES_SECONDS)
    for job_id in jobs_to_do():
        issue_job.apply_async([job_id], expires=FINISH_EXPIRES_SECONDS)


@shared_task(name="invoicing.issue_job")
def issue_job(job_id: int) -> None:
    """Issue the waiting invoices of a job; a long one goes on in a task of its own."""
    # What the database gave up on is tried by the next task, not at once: it may be busy.
    given_up: set[int] = set()
    for _ in range(CHUNK):
        item = issue_next(job_id=job_id, now=timezone.now(), passed_over=given_up)
        if item is None:
            return
        if item.outcome == IssueOutcome.WAITING:
            given_up.add(item.pk)
        if item.outcome == IssueOutcome.ISSUED:
            finish_invoice.delay(item.invoice_id)
    issue_job.delay(job_id)


@shared_task(name="invoicing.finish_invoice")
def finish_invoice(invoice_id: int) -> None:
    """Make the PDF of an issued invoice and send it; what is done already stays."""
    # The e-mail first: it counts the failures of the PDF too, and shows them to staff.
    queue_invoice_email(invoice_id=invoice_id, now=timezone.now())
    try:
        render_document(invoice_id=invoice_id, now=timezone.now())
    except Exception as error:
        record_failed_delivery(invoice_id=invoice_id, error=error)
        raise
    send_invoice_email(invoice_id=invoice_id, now=timezone.now())


@shared_task(name="invoicing.archive_usage", time_limit=LONGEST_ARCHIVE_SECONDS)
def archive_old_usage() -> None:
    """
    Put events of old months into files, where a retention is set.

    One that cannot go stays and keeps no other waiting; staff see it among what failed until a
    later night brings all to an end.

    :raises MonthsStay:
    """
    if settings.USAGE_RAW_MONTHS is None:
        return
    stay = []
    for month in months_to_archive(now=timezone.now(), months=settings.USAGE_RAW_MONTHS):
        try:
            archive_usage(month=month, now=timezone.now())
        except AnotherArchives:
            log.warning("usage_archived_elsewhere", month=f"{month:%Y-%m}")
            break
        except Exception as error:
            log.exception("usage_month_not_archived", month=f"{month:%Y-%m}")
            words = str(error).partition("\n")[0]
            stay.append(f"{month:%Y-%m}: {words or type(error).__name__}")
            # The next month may need another one.
            connection.close_if_unusable_or_obsolete()
    if stay:
        raise MonthsStay("; ".join(stay))
