"""GET /api/v1/customers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer, Partner
from tests import factories as make
from tests.caller import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Customer:
    return make.acme()


@pytest.fixture
def callwave(acme: Customer) -> Partner:
    make.partner(make.carla(is_sandbox=True), name="Other")
    return make.partner(acme, make.basil())


@pytest.fixture
def caller(callwave: Partner) -> Caller:
    return Caller(make.api_key(callwave)[1])


def test_a_test_key_sees_the_sandbox_customers_of_its_partner(
    caller: Caller, acme: Customer
) -> None:
    page = caller.get("/customers").json()

    (shown,) = page.pop("data")
    assert page == {"next_cursor": None, "has_more": False}
    assert shown.pop("created_at").endswith("Z")
    assert shown == {
        "id": acme.public_id,
        "external_id": "acme",
        "name": "Acme Support Co",
        "email": "billing@acme.example",
        "legal_entity": "northwind",
        "brand": "northwind",
        "timezone": "America/New_York",
        "is_sandbox": True,
        "test_clock_now": "2024-11-20T00:00:00Z",
    }


def test_a_live_key_sees_the_live_customers_of_its_partner(callwave: Partner) -> None:
    live = Caller(make.api_key(callwave, mode="live")[1])

    (shown,) = live.get("/customers").json()["data"]

    assert (shown["external_id"], shown["test_clock_now"]) == ("basil", None)


def test_a_customer_is_found_by_our_id_and_by_the_external_one(
    caller: Caller, acme: Customer
) -> None:
    by_external_id = caller.get("/customers/acme").json()

    assert caller.get(f"/customers/{acme.public_id}").json() == by_external_id
    assert by_external_id["name"] == "Acme Support Co"


@pytest.mark.parametrize("reference", ["carla", "basil", "nobody", "cus_0", "a%00b", "a%2Fb"])
def test_a_customer_that_the_key_may_not_see_is_not_there(caller: Caller, reference: str) -> None:
    answer = caller.get(f"/customers/{reference}")

    assert answer.status_code == 404
    assert answer.json()["detail"] == "No such object."


def test_pages_go_on_after_the_last(callwave: Partner, caller: Caller) -> None:
    for number in range(4):
        callwave.customers.add(make.customer(f"c{number}", "C", is_sandbox=True))

    first = caller.get("/customers", {"limit": "3"}).json()
    second = caller.get("/customers", {"limit": "3", "cursor": first["next_cursor"]}).json()

    names = [customer["external_id"] for customer in first["data"] + second["data"]]
    assert names == ["acme", "c0", "c1", "c2", "c3"]
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_the_number_of_queries_does_not_grow(callwave: Partner, caller: Caller) -> None:
    caller.get("/customers")
    for number in range(4):
        callwave.customers.add(make.customer(f"c{number}", "C", is_sandbox=True))

    with CaptureQueriesContext(connection) as captured:
        caller.get("/customers")

    assert len(captured) == 2
