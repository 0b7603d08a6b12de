"""Tasks carry ids, and one customer's trouble is not another's."""

from datetime import date

import pytest
from djmoney.money import Money

from invoicing import tasks
from tests import factories as make
from tests.invoicing.agreements import call, dollar_a_minute, first_invoice, sender_of, spoil_terms
from usage.models import UsageArrival

pytestmark = pytest.mark.django_db


def test_one_customer_whose_terms_do_not_hold_says_so_and_keeps_no_other_waiting() -> None:
    plan = dollar_a_minute()
    buyers = [make.basil(), make.carla()]
    for buyer in buyers:
        make.contract(buyer, plan=plan, end=date(2024, 12, 1))
        call(sender_of(buyer), "november", at="2024-11-05T10:00:00Z")

    spoil_terms(buyers[0])

    tasks.refresh_customers([buyer.pk for buyer in buyers])

    assert first_invoice(buyers[1]).total == Money(5, "USD")
    assert first_invoice(buyers[0]).stopped_error == "INVALID_TERMS"
    assert not UsageArrival.objects.exists()
