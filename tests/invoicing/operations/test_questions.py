"""Questions of customers, and answers that stand."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from accounts.models import Membership, Message, User
from invoicing.models import Invoice, Question
from invoicing.operations.answer_question import AlreadyAnswered, answer_question
from invoicing.operations.ask_question import (
    MOST_A_DAY,
    NotTheSameQuestion,
    TooManyQuestions,
    ask_question,
)
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row
from tests.refusals import refused
from values.identifiers import uuid7

pytestmark = pytest.mark.django_db

UID = uuid7()


def november(support_email: str = "help@northwind.example") -> Invoice:
    """Return Basil's issued invoice of one line."""
    invoices.brand(support_email=support_email)
    row = Row("7.00", quantity="14", unit="minute", unit_price="0.50")
    return invoices.issued(invoices.draft_of([row]))


def asked(
    invoice: Invoice,
    who: User,
    *,
    line: bool = True,
    uid: UUID = UID,
    now: datetime = make.NOW,
) -> Question:
    return ask_question(
        uid=uid,
        invoice=invoice,
        line=invoice.lines.first() if line else None,
        text="Why so many?",
        asked_by=who,
        now=now,
    )


def test_a_question_keeps_the_line_as_it_was_shown() -> None:
    invoice = november()
    olive = make.member(invoice.customer)

    question = asked(invoice, olive)

    line = invoice.lines.get()
    assert question.line_uid == line.uid
    assert question.line_public_id == line.public_id
    assert question.line_shown == "AI Calls - US / resolved: 14 minutes, $7.00"
    assert (question.text, question.asked_by, question.asked_at) == (
        "Why so many?",
        olive,
        make.NOW,
    )


def test_staff_are_told_with_the_line_and_a_link() -> None:
    invoice = november()

    question = asked(invoice, make.member(invoice.customer, "olive@basil.example"))

    message = Message.objects.get()
    assert (message.kind, message.to) == ("question_asked", "help@northwind.example")
    assert message.subject == "Question of Basil's Bakery about invoice INV-2024-000007"
    assert message.text == (
        "Basil's Bakery asks about invoice INV-2024-000007\n"
        "\n"
        "Line: AI Calls - US / resolved: 14 minutes, $7.00\n"
        "\n"
        "olive@basil.example writes:\n"
        "\n"
        "Why so many?\n"
        "\n"
        "Look at it and answer:\n"
        f"http://localhost:8000/admin/invoicing/question/{question.pk}/change/\n"
    )


def test_without_a_support_address_the_question_waits_in_the_admin() -> None:
    invoice = november(support_email="")

    asked(invoice, make.member(invoice.customer))

    assert Question.objects.filter(answered_at=None).count() == 1
    assert not Message.objects.exists()


def test_a_form_that_is_sent_twice_asks_once() -> None:
    invoice = november()
    olive = make.member(invoice.customer)

    first, second = asked(invoice, olive), asked(invoice, olive)

    assert first == second
    assert Message.objects.count() == 1


def test_an_id_of_another_question_is_refused() -> None:
    invoice = november()
    olive, bob = make.member(invoice.customer), make.member(invoice.customer, "bob@basil.example")
    asked(invoice, olive)

    with pytest.raises(NotTheSameQuestion):
        asked(invoice, bob)
    with pytest.raises(NotTheSameQuestion):
        asked(invoice, olive, line=False)
    assert Question.objects.count() == 1


def test_a_customer_asks_fifty_questions_a_day() -> None:
    invoice = november()
    olive = make.member(invoice.customer)
    bob = make.member(invoice.customer, "bob@basil.example")
    for _ in range(MOST_A_DAY - 1):
        asked(invoice, olive, uid=uuid7())
    asked(invoice, bob)

    with pytest.raises(TooManyQuestions, match="go on tomorrow"):
        asked(invoice, olive, uid=uuid7())
    assert asked(invoice, bob) == Question.objects.get(uid=UID)
    assert (Question.objects.count(), Message.objects.count()) == (50, 50)

    asked(invoice, olive, uid=uuid7(), now=make.NOW + timedelta(days=1))
    assert Question.objects.count() == 51


def test_an_upcoming_invoice_is_named_by_its_days() -> None:
    invoices.brand(support_email="help@northwind.example")
    invoice = invoices.upcoming_example()

    asked(invoice, make.member(invoice.customer), line=False)

    assert Message.objects.get().subject == (
        "Question of Acme Support Co about the upcoming invoice of Nov 1 \u2013 Nov 30, 2024"
    )


def test_the_answer_goes_to_whom_asked_with_a_link() -> None:
    invoice = november()
    question = asked(invoice, make.member(invoice.customer, "olive@basil.example"))
    sam = make.staff()

    answered = answer_question(
        question_id=question.pk, answer="It's <all> one call.", answered_by=sam, now=make.NOW
    )

    assert (answered.answered_by, answered.answered_at) == (sam, make.NOW)
    message = Message.objects.get(kind="question_answered")
    assert message.to == "olive@basil.example"
    assert message.subject == "Answer to your question about invoice INV-2024-000007"
    assert "It's <all> one call." in message.text
    assert "It&#x27;s &lt;all&gt; one call." in message.html
    page = f"/portal/{invoice.customer.public_id}/questions/#{question.public_id}"
    assert f"http://localhost:8000{page}\n" in message.text


def test_an_answer_stands_as_it_was_given() -> None:
    invoice = november()
    question = asked(invoice, make.member(invoice.customer))
    sam = make.staff()
    answer_question(question_id=question.pk, answer="First.", answered_by=sam, now=make.NOW)

    with pytest.raises(AlreadyAnswered):
        answer_question(question_id=question.pk, answer="Second.", answered_by=sam, now=make.NOW)
    with refused("Cannot update"):
        Question.objects.update(answer="Another.")

    assert Question.objects.get().answer == "First."
    assert Message.objects.filter(kind="question_answered").count() == 1


def test_a_question_does_not_change() -> None:
    invoice = november()
    asked(invoice, make.member(invoice.customer))

    with refused("Cannot update"):
        Question.objects.update(text="Another.")


def test_somebody_who_left_is_not_told_the_answer() -> None:
    invoice = november()
    question = asked(invoice, make.member(invoice.customer))
    Membership.objects.all().delete()

    answer_question(
        question_id=question.pk, answer="One call.", answered_by=make.staff(), now=make.NOW
    )

    assert not Message.objects.filter(kind="question_answered").exists()
