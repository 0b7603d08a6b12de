"""The customers that usage names."""

from datetime import UTC, datetime

import pytest

from accounts.models import KeyMode, Subject
from tests import factories as make
from usage.queries.named_customers import NamedCustomer, named_customers

pytestmark = pytest.mark.django_db

MARCH = datetime(2024, 3, 1, tzinfo=UTC)
JUNE = datetime(2024, 6, 1, tzinfo=UTC)


def test_a_customer_is_found_by_each_of_its_names_as_one_object() -> None:
    acme = make.acme()
    source = make.source(make.partner(acme))
    Subject.objects.create(
        customer=acme, kind="number", identifier="+13125550100", held_from=MARCH, held_to=JUNE
    )

    found = list(
        named_customers(source=source, texts=["acme", "+13125550100", "other"], uids=[acme.uid])
    )

    assert found == [
        NamedCustomer(acme, None, None, None),
        NamedCustomer(acme, None, None, None),
        NamedCustomer(acme, "+13125550100", MARCH, JUNE),
    ]
    assert len({id(each.customer) for each in found}) == 1
    assert found[0].customer.now(now=MARCH) == acme.now(now=MARCH)


def test_customers_of_others_and_of_the_other_mode_are_not_named() -> None:
    acme, basil, carla = make.acme(), make.basil(), make.carla()
    callwave = make.partner(acme, basil)
    make.partner(carla, name="Ringo")
    names = ["acme", "basil", "carla"]

    def named(mode: str) -> list[str]:
        found = named_customers(
            source=make.source(callwave, mode=mode), texts=names, uids=[carla.uid]
        )
        return [each.customer.external_id for each in found]

    assert (named(KeyMode.TEST), named(KeyMode.LIVE)) == (["acme"], ["basil"])
