"""What state an invoice is in, for its customer, on a day."""

from datetime import date

import pytest

from invoicing.documents.states import StateWords, state_words
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "today, expected",
    [
        (date(2024, 12, 30), StateWords("due Dec 31, 2024", "waiting")),
        (date(2024, 12, 31), StateWords("due today", "waiting")),
        (date(2025, 1, 1), StateWords("overdue by 1 day", "bad")),
        (date(2025, 1, 2), StateWords("overdue by 2 days", "bad")),
    ],
)
def test_an_invoice_is_overdue_from_the_day_after_its_due_date(
    today: date, expected: StateWords
) -> None:
    issued = invoices.issued(invoices.draft_of([Row("5.00")]))

    assert state_words(invoice=issued, today=today) == expected


def test_an_invoice_that_credit_pays_is_never_overdue() -> None:
    words = state_words(invoice=invoices.issued_example(), today=date(2030, 1, 1))

    assert words == StateWords("nothing due", "good")


def test_before_it_is_issued_nothing_is_due() -> None:
    draft = invoices.draft_of([Row("5.00")])

    assert state_words(invoice=draft, today=date(2030, 1, 1)) == StateWords("draft", "waiting")
