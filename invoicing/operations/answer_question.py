"""Answering what a customer asked."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts.documents.addresses import customer_address
from accounts.documents.message import rendered_message
from accounts.models import Membership, MessageKind, User
from accounts.operations.queue_message import queue_message
from invoicing.documents.question_words import invoice_words
from invoicing.models import Question


class AlreadyAnswered(ValueError):
    """An answer stands as it was given; somebody else was faster."""


@transaction.atomic
def answer_question(*, question_id: int, answer: str, answered_by: User, now: datetime) -> Question:
    """
    Return the question with its answer, which stands from now on.

    Whoever asked is told by e-mail, if that person may still open the customer's pages.

    :raises Question.DoesNotExist:
    :raises AlreadyAnswered:
    :raises UnusableBrand: a colour of the brand cannot be shown.
    """
    question = Question.objects.select_for_update().get(pk=question_id)
    if question.answered_at is not None:
        raise AlreadyAnswered("this question was answered already; the answer stands")
    question.answer = answer
    question.answered_by = answered_by
    question.answered_at = now
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    _tell_asker(question, now=now)
    return question


def _tell_asker(question: Question, *, now: datetime) -> None:
    customer = question.invoice.customer
    people = Membership.objects.filter(customer=customer, user__is_active=True)
    if not people.filter(user=question.asked_by_id).exists():
        return
    page = reverse("portal:questions", args=[customer.public_id])
    message = rendered_message(
        template=MessageKind.QUESTION_ANSWERED,
        brand=customer.brand,
        context={
            "invoice": invoice_words(question.invoice),
            "line": question.line_shown,
            "question": question.text,
            "answer": question.answer,
            "link": customer_address(brand=customer.brand, path=f"{page}#{question.public_id}"),
        },
    )
    queue_message(
        kind=MessageKind.QUESTION_ANSWERED,
        key=f"question_answered:{question.public_id}",
        customer=customer,
        to=question.asked_by.email,
        subject=message.subject,
        text=message.text,
        html=message.html,
        now=now,
    )
