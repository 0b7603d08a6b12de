"""Issuing selected drafts in the admin."""

from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from invoicing import tasks
from invoicing.models import Invoice, InvoiceState, IssueJob
from tests import factories as make
from tests.broker import IN_MEMORY, OUT_OF_REACH, broker_at, sent
from tests.invoicing.agreements import call, closed, dollar_a_minute, first_invoice, sender_of
from values.identifiers import uuid7

LIST = reverse("admin:invoicing_invoice_changelist")
START = reverse("admin:invoicing_issuejob_start")


@pytest.fixture
def drafts(db: None) -> list[Invoice]:
    plan = dollar_a_minute()
    made = []
    for buyer in (make.basil(), make.carla()):
        make.contract(buyer, plan=plan, end=date(2024, 12, 1))
        call(sender_of(buyer), "november", at="2024-11-05T10:00:00Z")
        made.append(closed(first_invoice(buyer)))
    return made


@pytest.fixture(autouse=True)
def _broker() -> Iterator[None]:
    """No worker takes what is handed out; the tests run the tasks themselves."""
    with broker_at(IN_MEMORY):
        yield


def _select(client: Client, *invoices: Invoice) -> Any:
    return client.post(
        LIST,
        {"action": "issue_selected", "_selected_action": [invoice.pk for invoice in invoices]},
        follow=True,
    )


def _start(client: Client, *invoices: Invoice, **values: str) -> Any:
    ids = ",".join(str(invoice.pk) for invoice in invoices)
    return client.post(START, {"invoices": ids, "uid": uuid7(), **values}, follow=True)


def test_the_page_asks_with_count_sums_and_what_is_left_out(
    staff_client: Client, drafts: list[Invoice]
) -> None:
    dora = make.customer("dora", "Dora's Deli")
    make.contract(dora, plan=drafts[0].contract.plan)
    upcoming = first_invoice(dora)

    page = unescape(_select(staff_client, *drafts, upcoming).content.decode())

    assert "2 drafts can be issued" in page
    assert "10.00 USD" in page
    assert "Left out: 1" in page
    assert "its period is not closed yet" in page
    assert not IssueJob.objects.exists()


def test_nothing_that_can_be_issued_is_said(staff_client: Client, drafts: list[Invoice]) -> None:
    Invoice.objects.filter(pk=drafts[0].pk).update(closes_at=make.NOW.replace(year=2100))

    page = unescape(_select(staff_client, drafts[0]).content.decode())

    assert "None of what you selected can be issued now." in page
    assert "it stays open for late usage until 2100-11-21 12:00 UTC" in page


def test_confirmed_drafts_become_a_job_whose_page_tells_how_far_it_is(
    staff_client: Client, drafts: list[Invoice]
) -> None:
    page = _start(staff_client, *drafts, _reason="month's end")

    job = IssueJob.objects.get()
    url = reverse("admin:invoicing_issuejob_progress", args=[job.pk])
    assert page.redirect_chain == [(url, 302)]
    assert (job.reason, job.items.count()) == ("month's end", 2)
    shown = page.content.decode()
    assert "0 of 2" in shown
    assert f'hx-get="{url}" hx-trigger="every 1s"' in shown

    tasks.issue_job(job.pk)

    live = staff_client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "2 of 2, finished" in live
    assert "hx-trigger" not in live
    assert "<html" not in live
    assert Invoice.objects.filter(state=InvoiceState.ISSUED).count() == 2


def test_what_was_not_issued_is_listed_with_reason_and_link(
    staff_client: Client, drafts: list[Invoice]
) -> None:
    _start(staff_client, *drafts)
    job = IssueJob.objects.get()
    tasks.issue_job(job.pk)
    again = _start(staff_client, drafts[0]).redirect_chain[-1][0]
    tasks.issue_job(IssueJob.objects.latest("requested_at").pk)

    page = unescape(staff_client.get(again).content.decode())

    assert "the invoice is issued; it does not change any more" in page
    assert reverse("admin:invoicing_invoice_change", args=[drafts[0].pk]) in page


def test_who_may_only_look_sees_no_action_and_may_not_start(
    clerk_client: Client, drafts: list[Invoice]
) -> None:
    assert "issue_selected" not in clerk_client.get(LIST).content.decode()
    assert _start(clerk_client, *drafts).status_code == 403
    assert not IssueJob.objects.exists()


@pytest.mark.parametrize("ids", ["", "x", "0", "9" * 30, "1\x00", ",,"])
def test_nonsense_is_answered_with_words(staff_client: Client, ids: str) -> None:
    page = staff_client.post(START, {"invoices": ids}, follow=True)

    assert [str(message) for message in page.context["messages"]] == ["No invoice was chosen."]


def test_the_list_of_jobs_counts_in_few_queries(
    staff_client: Client, drafts: list[Invoice], django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        _start(staff_client, *drafts)

    with django_assert_max_num_queries(12):
        page = staff_client.get(reverse("admin:invoicing_issuejob_changelist")).content.decode()

    assert page.count("0 of 2") == 3


def test_a_job_leads_from_its_number_to_its_progress(
    staff_client: Client, drafts: list[Invoice]
) -> None:
    _start(staff_client, *drafts)
    job = IssueJob.objects.get()

    page = staff_client.get(reverse("admin:invoicing_issuejob_change", args=[job.public_id]))

    assert page.headers["Location"] == reverse("admin:invoicing_issuejob_progress", args=[job.pk])
    missing = reverse("admin:invoicing_issuejob_progress", args=[10**15])
    assert staff_client.get(missing).status_code == 404
    assert User.objects.get().pk == job.requested_by_id


@pytest.mark.usefixtures("committed")
def test_a_confirmed_job_wakes_a_worker(staff_client: Client, drafts: list[Invoice]) -> None:
    _start(staff_client, *drafts)

    assert sent() == [("invoicing.issue_job", [IssueJob.objects.get().pk])]


@pytest.mark.usefixtures("committed")
def test_without_a_broker_the_job_waits_for_the_round_that_finds_it(
    staff_client: Client, drafts: list[Invoice], caplog: pytest.LogCaptureFixture
) -> None:
    with broker_at(OUT_OF_REACH):
        page = _start(staff_client, *drafts)

    assert "0 of 2" in page.content.decode()
    assert "Connection refused" in caplog.text
    tasks.finish_issued()
    assert sent() == [("invoicing.issue_job", [IssueJob.objects.get().pk])]


def test_a_form_that_is_sent_twice_starts_one_job(
    staff_client: Client, drafts: list[Invoice]
) -> None:
    uid = _select(staff_client, *drafts).context["uid"]
    first = _start(staff_client, *drafts, uid=uid)
    second = _start(staff_client, *drafts, uid=uid)

    job = IssueJob.objects.get()
    assert first.redirect_chain == second.redirect_chain
    assert (job.uid, job.items.count()) == (uid, 2)
    assert LogEntry.objects.count() == 1


def test_a_form_of_somebody_else_starts_nothing(
    staff_client: Client, drafts: list[Invoice]
) -> None:
    _start(staff_client, drafts[0])
    uid = str(IssueJob.objects.get().uid)
    other = Client()
    other.force_login(User.objects.create_superuser("otto@northwind.example"))

    page = _start(other, drafts[1], uid=uid)

    words = [str(message) for message in page.context["messages"]]
    assert words == ["Nothing was started. Select the drafts once more."]
    assert IssueJob.objects.get().items.count() == 1


@pytest.mark.parametrize("uid", ["", "x", "\x00"])
def test_a_form_without_an_id_starts_nothing(
    staff_client: Client, drafts: list[Invoice], uid: str
) -> None:
    page = _start(staff_client, *drafts, uid=uid)

    words = [str(message) for message in page.context["messages"]]
    assert words == ["Nothing was started. Select the drafts once more."]
    assert not IssueJob.objects.exists()
