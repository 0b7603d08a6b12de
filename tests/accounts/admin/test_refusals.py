"""What the database refuses, in words; our own mistakes stay mistakes."""

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from accounts.admin.pages.refusals import REFUSED, refusal_words
from accounts.models import Customer
from tests.factories import basil
from tests.refusals import sql

pytestmark = pytest.mark.django_db


def test_what_a_trigger_keeps_is_said() -> None:
    basil()

    with pytest.raises(REFUSED) as refusal, transaction.atomic():
        Customer.objects.update(is_sandbox=True)

    assert refusal_words(refusal.value) == [
        "This is kept as it is: it can be neither changed nor deleted."
    ]


def test_a_mistake_in_our_own_sql_is_none_of_the_persons() -> None:
    with pytest.raises(REFUSED) as mistake, transaction.atomic():
        sql("SELECT nothing FROM nowhere")

    with pytest.raises(ProgrammingError, match="nowhere"):
        refusal_words(mistake.value)


@pytest.mark.parametrize("query", ["q=%00", "issued_at__year=0", "period_start__year=0"])
def test_an_address_that_no_column_can_answer_leads_to_the_list(
    staff_client: Client, query: str
) -> None:
    page = reverse("admin:invoicing_invoice_changelist")

    answer = staff_client.get(f"{page}?{query}", follow=True)

    assert answer.status_code == 200
