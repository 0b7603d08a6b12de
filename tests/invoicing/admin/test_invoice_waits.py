"""A draft that waits for the end of a backfill or a move says so, wherever staff would issue it."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Customer
from invoicing.models import Invoice, InvoiceState, IssueOutcome
from invoicing.operations.issue_many import issue_next, start_issue_job
from tests import factories as make
from tests.invoicing.agreements import call, closed, dollar_a_minute, first_invoice, sender_of
from usage.models import SubjectMove
from usage.operations.backfills.close_backfill import start_closing
from usage.operations.backfills.open_backfill import open_backfill
from values.period import Period

pytestmark = pytest.mark.django_db

NUMBER = "+15550100"
NOVEMBER = Period(make.NOVEMBER_1, make.NOVEMBER_1.replace(month=12))


@pytest.fixture
def basil() -> Customer:
    """Basil called by his number in November, at a dollar a minute."""
    buyer = make.basil()
    make.contract(buyer, plan=dollar_a_minute(), end=date(2024, 12, 1))
    buyer.subjects.create(kind="number", identifier=NUMBER, held_from=make.NOVEMBER_1)
    call(sender_of(buyer), "call", at="2024-11-09T10:00:00Z", minutes=2)
    return buyer


@pytest.fixture
def draft(basil: Customer) -> Invoice:
    """His draft of November."""
    return closed(first_invoice(basil))


def page(client: Client, invoice: Invoice) -> str:
    address = reverse("admin:invoicing_invoice_change", args=[invoice.pk])
    return client.get(address).content.decode()


def moving() -> SubjectMove:
    return SubjectMove.objects.create(
        identifier=NUMBER, starts_at=NOVEMBER.start, ends_at=NOVEMBER.end, requested_at=make.NOW,
        events=2_000,
    )  # fmt: skip


def refusal(job: SubjectMove) -> str:
    moving = f"usage of {NUMBER} is being moved to who holds it ({job.public_id})"
    return f"{moving}; issue it when that is done"


def test_its_page_leads_to_the_move_that_it_waits_for(staff_client: Client, draft: Invoice) -> None:
    assert "it waits" not in page(staff_client, draft)
    job = moving()

    address = reverse("admin:usage_subjectmove_change", args=[job.pk])
    words = f"usage of {NUMBER} is being moved to who holds it ({job.public_id})"
    assert f'it waits: <a href="{address}">{words}</a>' in page(staff_client, draft)


def test_its_page_leads_to_the_backfill_that_it_waits_for(
    staff_client: Client, draft: Invoice, basil: Customer
) -> None:
    backfill = open_backfill(
        source=sender_of(basil), customer=basil, span=NOVEMBER, event_name="",
        replaces_existing=True, reason="lost log", now=make.NOW,
    )  # fmt: skip
    start_closing(backfill_id=backfill.pk, now=make.NOW)

    address = reverse("admin:usage_backfill_change", args=[backfill.pk])
    assert f'it waits: <a href="{address}">backfill {backfill}' in page(staff_client, draft)


def test_the_button_issues_nothing_and_says_why(staff_client: Client, draft: Invoice) -> None:
    job = moving()

    address = reverse("admin:invoicing_invoice_issue", args=[draft.pk])
    told = staff_client.post(address, {"_reason": "now"}, follow=True)

    assert [str(message) for message in told.context["messages"]] == [refusal(job)]
    draft.refresh_from_db()
    assert draft.state == InvoiceState.DRAFT


def test_a_job_of_many_names_it_at_the_draft(draft: Invoice) -> None:
    job = moving()
    started, _ = start_issue_job(invoice_ids=[draft.pk], requested_by=make.staff(), now=make.NOW)

    item = issue_next(job_id=started.pk, now=datetime(2024, 12, 3, tzinfo=UTC))

    assert item is not None
    assert item.outcome == IssueOutcome.REFUSED
    assert item.detail == refusal(job)
