"""What customers asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Customer
from invoicing.models import InvoiceLine, Question

PAGE = 20


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    """Questions, newest first; `older` is the id after which more follow, empty at the end."""

    questions: list[Question]
    older: str


def customer_questions(*, customer: Customer, after: str = "") -> QuestionsPage:
    """
    Return a page of what a customer's people asked, with invoices and people.

    `after` is the public id of the last question that was seen; one that is no question of
    this customer begins anew.
    """
    asked = Question.objects.filter(invoice__customer=customer)
    last = Question.with_public_id(after, invoice__customer=customer)
    if last is not None:
        asked = asked.filter(pk__lt=last.pk)
    rows = asked.select_related("invoice", "asked_by").order_by("-pk")[: PAGE + 1]
    found = list(rows)
    older = found[PAGE - 1].public_id if len(found) > PAGE else ""
    return QuestionsPage(found[:PAGE], older)


def lines_that_stand(*, questions: Sequence[Question]) -> set[object]:
    """Return the uids of those lines that still stand on their invoice, to link to them."""
    uids = [each.line_uid for each in questions if each.line_uid is not None]
    return set(InvoiceLine.objects.filter(uid__in=uids).values_list("uid", flat=True))


def open_questions_count() -> int:
    """Return how many questions wait for an answer."""
    return Question.objects.filter(answered_at=None).count()
