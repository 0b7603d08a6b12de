"""Issuing many drafts: each once, whatever happens in the middle."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial

import pytest
from celery import Task
from django.db import OperationalError, connection
from django.db.models import QuerySet

from accounts.models import Customer, TaxRegistration
from invoicing import tasks
from invoicing.models import (
    Invoice,
    InvoiceState,
    IssueJob,
    IssueJobItem,
    IssueOutcome,
    JournalEntry,
    NumberSeries,
)
from invoicing.operations.issue_invoice import issue_invoice
from invoicing.operations.issue_many import issue_next, start_issue_job
from invoicing.queries.issue_jobs import jobs_to_do, progress_of, with_progress
from tests import factories as make
from tests.at_once import at_once, errors_at_once, no_waiting, uncommitted
from tests.invoicing.agreements import (
    call,
    closed,
    dollar_a_minute,
    first_invoice,
    sender_of,
    spoil_terms,
)
from tests.refusals import damage

pytestmark = pytest.mark.django_db

DECEMBER_2 = datetime(2024, 12, 2, tzinfo=UTC)


@pytest.fixture
def drafts() -> list[Invoice]:
    """The drafts of November of three customers who called."""
    plan = dollar_a_minute()
    buyers = [make.basil(), make.carla(), make.customer("dora", "Dora's Deli")]
    return [_draft(buyer, plan) for buyer in buyers]


@pytest.fixture
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """What goes to the broker instead of going there: task and arguments."""
    sent: list[tuple[str, list[int]]] = []

    def apply_async(task: Task, args: tuple[int, ...] = (), *_: object, **__: object) -> None:
        sent.append((task.name, list(args)))

    monkeypatch.setattr(Task, "apply_async", apply_async)
    return sent


def _draft(buyer: Customer, plan: make.Plan) -> Invoice:
    make.contract(buyer, plan=plan, end=date(2024, 12, 1))
    call(sender_of(buyer), "november", at="2024-11-05T10:00:00Z")
    return closed(first_invoice(buyer))


def _job(invoices: list[Invoice]) -> IssueJob:
    job, _ = start_issue_job(
        invoice_ids=[invoice.pk for invoice in invoices], requested_by=make.staff(), now=make.NOW
    )
    return job


def _walk(job: IssueJob) -> int:
    done = 0
    while issue_next(job_id=job.pk, now=make.NOW) is not None:
        done += 1
    return done


def _hold_the_numbers() -> None:
    NumberSeries.objects.select_for_update().get()


def _hold(invoice_id: int) -> None:
    Invoice.objects.select_for_update().get(pk=invoice_id)


def _until_it_is_cut_off(job: IssueJob) -> None:
    """Issue the next, whose connection ends while it waits for another's lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()[0]
    with ThreadPoolExecutor(1) as threads:
        ended = threads.submit(_end_when_it_waits, own)
        try:
            issue_next(job_id=job.pk, now=make.NOW)
        finally:
            ended.result()


def _end_when_it_waits(backend: int) -> None:
    try:
        with connection.cursor() as cursor:
            for _ in range(1000):
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s "
                    "AND wait_event_type = 'Lock'",
                    [backend],
                )
                if cursor.fetchone():
                    return
                cursor.execute("SELECT pg_sleep(0.01)")
    finally:
        connection.close()


def _items(job: IssueJob) -> list[tuple[str, str]]:
    items: QuerySet[IssueJobItem] = IssueJobItem.objects.filter(job=job).order_by("pk")
    return [(item.outcome, item.detail) for item in items]


def test_a_job_issues_every_draft_and_counts(drafts: list[Invoice]) -> None:
    job = _job(drafts)
    assert jobs_to_do() == [job.pk]

    assert _walk(job) == 3

    assert _items(job) == [("issued", "")] * 3
    numbers = Invoice.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [f"INV-2024-{n:06}" for n in (1, 2, 3)]
    progress = progress_of(with_progress(IssueJob.objects.all()).get())
    assert (progress.total, progress.done, progress.issued) == (3, 3, 3)
    assert jobs_to_do() == []


def test_a_job_that_is_walked_again_does_nothing(drafts: list[Invoice]) -> None:
    job = _job(drafts)
    _walk(job)
    entries = JournalEntry.objects.count()

    assert _walk(job) == 0

    assert JournalEntry.objects.count() == entries
    assert Invoice.objects.filter(state=InvoiceState.ISSUED).count() == 3


def test_each_refusal_is_kept_with_its_reason_and_keeps_no_other_waiting(
    drafts: list[Invoice],
) -> None:
    issued, spoilt, good = drafts
    issue_invoice(invoice_id=issued.pk, now=make.NOW)
    spoil_terms(spoilt.customer)
    idle = make.customer("emil", "Emil's Eatery")
    make.contract(idle, plan=issued.contract.plan, end=date(2024, 12, 1))
    skipped = closed(first_invoice(idle))
    acme = make.acme(clock_at=datetime(2024, 11, 20, tzinfo=UTC))
    make.contract(acme, plan=issued.contract.plan)
    job = _job([issued, spoilt, good, skipped, first_invoice(acme)])

    _walk(job)

    outcomes = _items(job)
    assert [outcome for outcome, _ in outcomes] == [
        "refused", "refused", "issued", "skipped", "refused",
    ]  # fmt: skip
    assert outcomes[0][1] == "the invoice is issued; it does not change any more"
    assert outcomes[1][1] != ""
    assert outcomes[4][1] == "the period of this invoice still runs; it is closed first"


def test_a_draft_that_issuing_stops_keeps_the_reason_too(drafts: list[Invoice]) -> None:
    seller = drafts[0].legal_entity
    seller.tax_registration = TaxRegistration.UNDECIDED
    seller.save()
    job = _job(drafts[:1])

    _walk(job)

    [(outcome, detail)] = _items(job)
    assert (outcome, detail[:34]) == ("refused", "The legal entity has not said whet")
    drafts[0].refresh_from_db()
    assert drafts[0].stopped_error == "NO_TAX_DECISION"


@pytest.mark.usefixtures("committed")
def test_interrupted_in_the_middle_it_goes_on_where_it_was(drafts: list[Invoice]) -> None:
    job = _job(drafts)
    issue_next(job_id=job.pk, now=make.NOW)

    # Amounts, journal and draws are written when the number cannot be had.
    with uncommitted(_hold_the_numbers), no_waiting():
        issue_next(job_id=job.pk, now=make.NOW)

    assert [outcome for outcome, _ in _items(job)] == ["issued", "waiting", "waiting"]
    assert Invoice.objects.filter(state=InvoiceState.ISSUED).count() == 1
    assert jobs_to_do() == [job.pk]
    assert _walk(job) == 2
    numbers = Invoice.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [f"INV-2024-{n:06}" for n in (1, 2, 3)]


def test_a_fault_that_nobody_foresaw_is_an_outcome_and_the_others_go_on(
    drafts: list[Invoice],
) -> None:
    with damage():
        Customer.objects.filter(pk=drafts[0].customer_id).update(timezone="Nowhere/Land")
    job = _job(drafts)

    _walk(job)

    (outcome, detail), *others = _items(job)
    assert outcome == "refused"
    assert detail.startswith("Not issued: a fault in the portal. The draft is as it was;")
    assert "No time zone found with key Nowhere/Land" in detail
    assert others == [("issued", ""), ("issued", "")]


@pytest.mark.usefixtures("committed")
def test_an_invoice_that_always_takes_too_long_keeps_no_other_waiting(
    drafts: list[Invoice], handed_out: list[tuple[str, list[int]]]
) -> None:
    job = _job(drafts)
    slow = drafts[0].pk

    with uncommitted(partial(_hold, slow)), no_waiting():
        tasks.issue_job(job.pk)
        assert _items(job) == [("waiting", ""), ("issued", ""), ("issued", "")]
        tasks.issue_job(job.pk)
        assert _items(job)[0] == ("waiting", "")
        tasks.issue_job(job.pk)

    outcome, detail = _items(job)[0]
    assert outcome == "refused"
    assert detail == (
        "Not issued: it took too long or the database refused, 3 times. The draft is as it was; "
        "issue it again later. Technical detail: OperationalError: canceling statement due to "
        "lock timeout"
    )
    assert jobs_to_do() == []
    assert [name for name, _ in handed_out] == ["invoicing.finish_invoice"] * 2


@pytest.mark.usefixtures("committed")
def test_what_took_too_long_once_is_issued_by_the_next_task(
    drafts: list[Invoice], handed_out: list[tuple[str, list[int]]]
) -> None:
    job = _job(drafts)
    slow = drafts[0].pk
    with uncommitted(partial(_hold, slow)), no_waiting():
        tasks.issue_job(job.pk)

    tasks.issue_job(job.pk)

    assert _items(job) == [("issued", "")] * 3
    assert handed_out[-1] == ("invoicing.finish_invoice", [slow])


@pytest.mark.usefixtures("committed")
def test_a_lost_connection_is_no_fault_of_the_invoice(drafts: list[Invoice]) -> None:
    job = _job(drafts)

    with uncommitted(partial(_hold, drafts[0].pk)):
        [error] = errors_at_once(partial(_until_it_is_cut_off, job))

    assert isinstance(error, OperationalError)
    assert list(job.items.values_list("outcome", "attempts")) == [("waiting", 0)] * 3


@pytest.mark.usefixtures("committed")
def test_two_workers_at_once_issue_each_invoice_once(drafts: list[Invoice]) -> None:
    job = _job(drafts)

    done = at_once(partial(_walk, job), partial(_walk, job))
    done.append(_walk(job))

    assert sum(done) == 3
    assert _items(job) == [(IssueOutcome.ISSUED, "")] * 3
    numbers = Invoice.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [f"INV-2024-{n:06}" for n in (1, 2, 3)]


def test_an_invoice_that_is_named_twice_stands_once(drafts: list[Invoice]) -> None:
    assert _job([*drafts, *drafts]).items.count() == 3


def test_the_task_sees_to_the_documents_and_a_lost_job_is_found_again(
    drafts: list[Invoice], handed_out: list[tuple[str, list[int]]]
) -> None:
    job = _job(drafts)

    tasks.finish_issued()
    assert handed_out == [("invoicing.issue_job", [job.pk])]
    handed_out.clear()

    tasks.issue_job(job.pk)
    tasks.issue_job(job.pk)

    assert handed_out == [("invoicing.finish_invoice", [draft.pk]) for draft in drafts]


def test_a_long_job_goes_on_in_a_task_of_its_own(
    drafts: list[Invoice],
    handed_out: list[tuple[str, list[int]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "CHUNK", 2)
    job = _job(drafts)

    tasks.issue_job(job.pk)

    assert [outcome for outcome, _ in _items(job)] == ["issued", "issued", "waiting"]
    assert handed_out[-1] == ("invoicing.issue_job", [job.pk])
