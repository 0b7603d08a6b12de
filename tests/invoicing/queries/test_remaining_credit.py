"""What an invoice leaves of a grant."""

from decimal import Decimal

import pytest

from invoicing.models import Grant, GrantEntry
from invoicing.queries.remaining_credit import remaining_credit
from tests.invoicing.documents import invoices

pytestmark = pytest.mark.django_db


def test_an_upcoming_invoice_leaves_what_it_does_not_take() -> None:
    invoice = invoices.upcoming_example()

    assert remaining_credit(invoice=invoice) == {Grant.objects.get().pk: Decimal("9978.65")}


def test_what_an_issued_invoice_left_is_not_changed_by_later_ones() -> None:
    invoice = invoices.issued_example()
    grant = Grant.objects.get()
    later = invoices.draft_of([])
    GrantEntry.objects.create(
        grant=grant,
        kind="drawn",
        currency="USD",
        amount=Decimal("-100.00"),
        invoice=later,
        posted_at=invoices.DECEMBER_2,
    )

    assert remaining_credit(invoice=invoice) == {grant.pk: Decimal("9978.65")}
