"""Under whose name a page stands where nobody is signed in."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import Brand
from tests import factories as make

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"


def another_brand() -> Brand:
    first = make.acme().brand
    return Brand.objects.create(
        legal_entity=first.legal_entity, code="zephyr", name="Zephyr", domain="billing.zephyr.test"
    )


def heading(client: Client, host: str) -> str:
    return client.get(SIGN_IN, headers={"Host": host}).content.decode()


def test_a_brand_has_its_own_sign_in_page_at_its_own_host(
    client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    another_brand()

    assert "· Zephyr</title>" in heading(client, "billing.zephyr.test")
    assert "· Zephyr</title>" in heading(client, "Billing.Zephyr.test:8000")
    assert "· Zephyr</title>" not in heading(client, "localhost")


def test_elsewhere_it_is_the_first_brand(client: Client) -> None:
    another_brand()

    assert "· Northwind Voice</title>" in heading(client, "localhost")


def test_before_there_is_a_brand_it_is_the_products_name(client: Client) -> None:
    assert "· Billing portal</title>" in heading(client, "localhost")


def test_the_brand_is_read_once_for_a_page(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    another_brand()

    with django_assert_max_num_queries(4):
        client.get(SIGN_IN)
