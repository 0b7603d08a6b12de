"""Billing one customer: every invoice that is due, in the order of time."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from invoicing.models import Invoice, InvoiceState
from invoicing.operations.close_invoice import close_invoice
from invoicing.operations.issue_invoice import (
    GraceNotOver,
    IssuingStopped,
    UsageUnsettled,
    issue_invoice,
)
from invoicing.operations.refresh_invoice import NotOpen
from invoicing.operations.stop_invoice import stop_invoice
from invoicing.queries.due import INVALID_TERMS, USAGE_ARCHIVED, due_invoices
from usage.store.archives.archived import MonthArchived
from values.failpoints import reached
from values.problems import InvalidTerms

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Billed:
    """What came of it: drafts made, the ids of invoices issued, invoices stopped."""

    drafted: int
    issued: tuple[int, ...]
    stopped: int


def bill_customer(*, customer_id: int, as_of: datetime, now: datetime | None = None) -> Billed:
    """
    Close and issue what is due for a customer, each invoice in a transaction of its own.

    Due is what is over by `as_of`; documents carry the time at which they are made, `now`
    (default: the same). Killed between any two steps and called again, it goes on where it was.
    A draft whose usage a backfill or a move is changing waits for the next run.
    """
    drafted = 0
    issued: list[int] = []
    stopped: set[int] = set()
    waiting: set[int] = set()
    while invoice := _next_due(customer_id, as_of, besides=stopped | waiting):
        try:
            if invoice.state == InvoiceState.UPCOMING:
                draft = close_invoice(invoice_id=invoice.pk, now=now or as_of, as_of=as_of)
                reached("billing.drafted")
                drafted += 1
                stopped |= {draft.pk} if draft.stopped_error else set()
                continue
            made = issue_invoice(invoice_id=invoice.pk, now=now or as_of, as_of=as_of)
            reached("billing.issued")
            if made.state == InvoiceState.ISSUED:
                issued.append(invoice.pk)
        except IssuingStopped:
            stopped.add(invoice.pk)
        except UsageUnsettled as unsettled:
            log.info("invoice_waits", invoice=invoice.public_id, why=str(unsettled))
            waiting.add(invoice.pk)
        except InvalidTerms as problem:
            stop_invoice(
                invoice_id=invoice.pk, error=INVALID_TERMS, detail=str(problem), now=now or as_of
            )
            stopped.add(invoice.pk)
        except MonthArchived as archived:
            stop_invoice(
                invoice_id=invoice.pk, error=USAGE_ARCHIVED, detail=str(archived), now=now or as_of
            )
            stopped.add(invoice.pk)
        except (NotOpen, GraceNotOver):
            continue  # another worker issued it meanwhile, or it is not due any more
    return Billed(drafted=drafted, issued=tuple(issued), stopped=len(stopped))


def _next_due(customer_id: int, as_of: datetime, *, besides: set[int]) -> Invoice | None:
    due = due_invoices(as_of=as_of).filter(customer_id=customer_id)
    return due.exclude(pk__in=besides).first()
