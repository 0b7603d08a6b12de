"""Questions as staff see and answer them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Message
from invoicing.models import Invoice, Question
from invoicing.operations.answer_question import answer_question
from invoicing.operations.ask_question import ask_question
from tests import factories as make
from tests.invoicing.documents import invoices
from values.identifiers import uuid7

pytestmark = pytest.mark.django_db


def asked(invoice: Invoice, text: str, *, hours_ago: int = 0) -> Question:
    return ask_question(
        uid=uuid7(),
        invoice=invoice,
        line=invoice.lines.first(),
        text=text,
        asked_by=make.member(invoice.customer, f"{uuid7()}@acme.example"),
        now=make.NOW - timedelta(hours=hours_ago),
    )


def test_open_questions_stand_first_and_the_oldest_of_them_on_top(staff_client: Client) -> None:
    invoice = invoices.upcoming_example()
    done = asked(invoice, "Answered one", hours_ago=9)
    asked(invoice, "Young one", hours_ago=1)
    asked(invoice, "Old one", hours_ago=5)
    answer_question(
        question_id=done.pk, answer="So.", answered_by=make.staff(email="b@n.example"), now=make.NOW
    )

    page = staff_client.get(reverse("admin:invoicing_question_changelist")).content.decode()

    places = [page.index(words) for words in ("Old one", "Young one", "Answered one")]
    assert places == sorted(places)


def test_the_page_leads_to_the_line_and_to_its_events(staff_client: Client) -> None:
    invoice = invoices.upcoming_example()
    question = asked(invoice, "Why?")

    page = staff_client.get(
        reverse("admin:invoicing_question_change", args=[question.pk])
    ).content.decode()

    invoice_page = reverse("admin:invoicing_invoice_change", args=[invoice.pk])
    assert f"{invoice_page}#{question.line_public_id}" in page
    assert reverse("admin:usage_event_changelist") in page
    assert "The line" in page


def test_an_answer_is_written_on_a_page_of_its_own(staff_client: Client) -> None:
    question = asked(invoices.upcoming_example(), "Why so many?")
    address = reverse("admin:invoicing_question_answer", args=[question.pk])
    page = staff_client.get(address).content.decode()
    assert "Why so many?" in page
    assert "cannot be undone" in page

    staff_client.post(address, {"answer": "One call.\r\nIt was long."})

    question.refresh_from_db()
    assert question.answer == "One call.\nIt was long."
    assert question.answered_by is not None
    assert question.answered_by.email == "sam@northwind.example"
    assert Message.objects.filter(kind="question_answered").count() == 1


def test_an_empty_answer_is_none(staff_client: Client) -> None:
    question = asked(invoices.upcoming_example(), "Why?")
    address = reverse("admin:invoicing_question_answer", args=[question.pk])

    page = staff_client.post(address, {"answer": "  "}).content.decode()

    assert "This field is required." in page
    assert Question.objects.get().answered_at is None


def test_what_is_answered_is_not_answered_again(staff_client: Client) -> None:
    question = asked(invoices.upcoming_example(), "Why?")
    address = reverse("admin:invoicing_question_answer", args=[question.pk])
    staff_client.post(address, {"answer": "First."})

    page = staff_client.post(address, {"answer": "Second."}, follow=True).content.decode()

    assert "answered already" in page
    assert Question.objects.get().answer == "First."


def test_who_may_only_look_answers_nothing(clerk_client: Client) -> None:
    question = asked(invoices.upcoming_example(), "Why?")
    address = reverse("admin:invoicing_question_answer", args=[question.pk])

    assert clerk_client.post(address, {"answer": "So."}).status_code == 403
    page = clerk_client.get(reverse("admin:invoicing_question_change", args=[question.pk]))
    assert page.status_code == 200
    assert address not in page.content.decode()
