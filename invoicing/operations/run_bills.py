"""Bill runs: who is due, in chunks that any number of workers can take."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import structlog
from django.db.models import F

from invoicing.models import BillRun
from invoicing.operations.bill_customer import bill_customer
from invoicing.queries.due import due_invoices

CHUNK = 200

log = structlog.get_logger()


def start_bill_run(*, as_of: datetime, now: datetime) -> tuple[BillRun, list[list[int]]] | None:
    """Return a new bill run and the ids of its customers in chunks; None if nobody is due."""
    customers = sorted(set(due_invoices(as_of=as_of).values_list("customer_id", flat=True)))
    if not customers:
        return None
    run = BillRun.objects.create(as_of=as_of, started_at=now, customers_due=len(customers))
    return run, list(_chunks(customers))


def bill_chunk(*, run_id: int, customer_ids: Sequence[int], now: datetime) -> list[int]:
    """
    Bill these customers as of the run's time and return the ids of the invoices issued.

    One that fails is named in the run and does not keep the others waiting.
    """
    run = BillRun.objects.get(pk=run_id)
    issued: list[int] = []
    for customer_id in customer_ids:
        drafted = stopped = failed = 0
        mine: tuple[int, ...] = ()
        error = ""
        try:
            billed = bill_customer(customer_id=customer_id, as_of=run.as_of, now=now)
            drafted, mine, stopped = billed.drafted, billed.issued, billed.stopped
        except Exception as problem:
            log.exception("bill_run_customer_failed", customer_id=customer_id)
            failed, error = 1, f"customer {customer_id}: {type(problem).__name__}: {problem}"
        issued += mine
        BillRun.objects.filter(pk=run_id).update(
            customers_done=F("customers_done") + 1,
            drafted=F("drafted") + drafted,
            issued=F("issued") + len(mine),
            stopped=F("stopped") + stopped,
            failed=F("failed") + failed,
            **({"last_error": error} if error else {}),
        )
    BillRun.objects.filter(
        pk=run_id, finished_at=None, customers_done__gte=F("customers_due")
    ).update(finished_at=now)
    return issued


def _chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield list(ids[start : start + CHUNK])
