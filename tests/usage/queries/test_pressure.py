"""How much waits, counted truly and only as far as it is asked."""

import pytest

from accounts.models import Customer
from tests import factories as make
from usage.models import Source, UsageArrival
from usage.queries.pressure import Pressure, pressure

pytestmark = pytest.mark.django_db


def arrived(customer: Customer) -> UsageArrival:
    return UsageArrival.objects.create(customer=customer, earliest_at=make.NOW, latest_at=make.NOW)


@pytest.fixture
def sender() -> Source:
    """A partner of Acme."""
    make.ai_call_meter()
    return make.source(make.partner(make.acme()))


def test_nothing_waits_at_first() -> None:
    assert pressure(most_requests=5, most_customers=5) == Pressure(0, 0)


def test_numbers_that_nothing_has_are_not_counted(sender: Source) -> None:
    acme = Customer.objects.get()
    arrived(acme)
    for _ in range(5):
        arrived(acme).delete()
    arrived(make.customer("other", "Other"))

    assert pressure(most_requests=5, most_customers=5) == Pressure(0, 2)


def test_no_more_is_counted_than_one_beyond_the_most(sender: Source) -> None:
    for number in range(4):
        make.accepted(sender, [make.call_body(f"call-{number}")])
        arrived(make.customer(f"other-{number}", "Other"))

    assert pressure(most_requests=2, most_customers=1) == Pressure(3, 2)
    assert pressure(most_requests=9, most_customers=9) == Pressure(4, 5)
