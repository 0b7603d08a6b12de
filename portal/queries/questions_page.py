"""The questions of a customer, ready to read."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import capfirst

from accounts.models import Customer
from invoicing.documents.formats import day
from invoicing.documents.question_words import invoice_words
from invoicing.models import Question
from invoicing.queries.questions import customer_questions, lines_that_stand
from values.calendar import local_date


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """
    One question; `answered_on` and `answer` are empty while it is open.

    `about` leads to the line, or to the invoice where it is about no line or about one that
    was written anew since.
    """

    public_id: str
    invoice: str
    line: str
    about: str
    text: str
    asked_by: str
    asked_on: str
    answered_on: str
    answer: str


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    """Questions, newest first, and the id after which older ones follow, empty at the end."""

    questions: tuple[ShownQuestion, ...]
    older: str


def questions_page(*, customer: Customer, after: str) -> QuestionsPage:
    """Return what the customer's people asked, in a fixed number of queries."""
    found = customer_questions(customer=customer, after=after)
    standing = lines_that_stand(questions=found.questions)
    shown = [
        _shown(each, customer, line_stands=each.line_uid in standing) for each in found.questions
    ]
    return QuestionsPage(tuple(shown), found.older)


def _shown(question: Question, customer: Customer, *, line_stands: bool) -> ShownQuestion:
    invoice = question.invoice
    invoice.customer = customer
    ids = [customer.public_id, invoice.public_id]
    about = (
        reverse("portal:line", args=[*ids, question.line_public_id])
        if line_stands
        else reverse("portal:invoice", args=ids)
    )
    answered_at = question.answered_at
    return ShownQuestion(
        public_id=question.public_id,
        invoice=capfirst(invoice_words(invoice)),
        line=question.line_shown,
        about=about,
        text=question.text,
        asked_by=str(question.asked_by),
        asked_on=day(local_date(question.asked_at, customer.timezone)),
        answered_on="" if answered_at is None else day(local_date(answered_at, customer.timezone)),
        answer=question.answer,
    )
