"""Asking staff about an invoice or one of its lines."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.documents.addresses import staff_address
from accounts.documents.message import rendered_message
from accounts.models import Customer, MessageKind, User
from accounts.operations.queue_message import queue_message
from invoicing.documents.question_words import invoice_words, line_words
from invoicing.models import Invoice, InvoiceLine, Question

MOST_A_DAY = 50


class NotTheSameQuestion(ValueError):
    """Under this id something else was asked."""


class TooManyQuestions(ValueError):
    """So many in one day would bury those that staff have to answer."""


@transaction.atomic
def ask_question(
    *,
    uid: UUID,
    invoice: Invoice,
    line: InvoiceLine | None,
    text: str,
    asked_by: User,
    now: datetime,
) -> Question:
    """
    Return the question with this id, asked now unless it was asked before.

    Whoever sends a form twice asks once. The line is kept as the person sees it. Staff are
    told at the brand's support e-mail, where it has one; the question stands in the admin
    either way.

    :raises NotTheSameQuestion: the id is of a question about another invoice or line, or of
        somebody else.
    :raises TooManyQuestions: too many of this customer in a day.
    :raises UnusableBrand: a colour of the brand cannot be shown.
    """
    # Questions of one customer are asked one after the other, so that none slips past the count.
    customer = Customer.objects.select_for_update().get(pk=invoice.customer_id)
    line_uid = None if line is None else line.uid
    question, is_new = Question.objects.get_or_create(
        uid=uid,
        defaults={
            "invoice": invoice,
            "line_uid": line_uid,
            "line_shown": "" if line is None else line_words(line),
            "text": text,
            "asked_by": asked_by,
            "asked_at": now,
        },
    )
    if is_new:
        _check_count(customer, now)
        _tell_staff(question, now=now)
    elif (question.invoice_id, question.line_uid, question.asked_by_id) != (
        invoice.pk,
        line_uid,
        asked_by.pk,
    ):
        raise NotTheSameQuestion("something else was asked under this id")
    return question


def _check_count(customer: Customer, now: datetime) -> None:
    asked = Question.objects.filter(
        invoice__customer=customer, asked_at__gt=now - timedelta(days=1)
    )
    if asked.count() > MOST_A_DAY:
        raise TooManyQuestions(
            f"{MOST_A_DAY} questions were asked within a day; go on tomorrow. Several can be "
            "asked in one."
        )


def _tell_staff(question: Question, *, now: datetime) -> None:
    customer = question.invoice.customer
    brand = customer.brand
    if not brand.support_email:
        return
    page = reverse("admin:invoicing_question_change", args=[question.pk])
    message = rendered_message(
        template=MessageKind.QUESTION_ASKED,
        brand=brand,
        context={
            "customer": customer.name,
            "asker": question.asked_by.email,
            "invoice": invoice_words(question.invoice),
            "line": question.line_shown,
            "question": question.text,
            "link": staff_address(path=page),
        },
    )
    queue_message(
        kind=MessageKind.QUESTION_ASKED,
        key=f"question_asked:{question.public_id}",
        customer=customer,
        to=brand.support_email,
        subject=message.subject,
        text=message.text,
        html=message.html,
        now=now,
    )
