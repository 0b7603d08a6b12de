"""The form and the list of prices: kinds, and a meter where something is counted."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Plan, Price, PriceVersion
from tests import factories as make
from tests.admin_forms import errors_of, save_form, send_form

pytestmark = pytest.mark.django_db

ADD = "admin:catalog_price_add"


def test_a_fee_has_no_meter_whatever_was_chosen(staff_client: Client) -> None:
    save_form(
        staff_client, reverse(ADD),
        legal_entity=make.northwind().pk, code="base", kind="recurring",
        meter=make.ai_call_meter().pk,
    )  # fmt: skip

    price = Price.objects.get()
    assert (price.kind, price.meter) == ("recurring", None)


def test_usage_needs_a_meter(staff_client: Client) -> None:
    page = send_form(staff_client, reverse(ADD), legal_entity=make.northwind().pk, code="calls")

    assert errors_of(page) == ["Choose what is counted."]


def test_calls_need_a_meter_of_calls(staff_client: Client) -> None:
    page = send_form(
        staff_client, reverse(ADD),
        legal_entity=make.northwind().pk, code="voice", kind="call",
        meter=make.ai_call_meter().pk,
    )  # fmt: skip

    assert errors_of(page) == [
        "The events of this meter are not phone calls; say so on the meter's own page."
    ]


def test_a_fee_may_become_usage_while_it_has_no_version(staff_client: Client) -> None:
    price = Price.objects.create(legal_entity=make.northwind(), code="x", kind="one_time")
    url = reverse("admin:catalog_price_change", args=[price.pk])

    save_form(staff_client, url, kind="usage", meter=make.ai_call_meter().pk)

    price.refresh_from_db()
    assert (price.kind, price.meter) == ("usage", make.ai_call_meter())


def test_the_kind_is_fixed_once_there_is_a_version(staff_client: Client) -> None:
    price = make.ai_call_price()
    url = reverse("admin:catalog_price_change", args=[price.pk])

    page = staff_client.get(url).content.decode()

    assert 'name="kind"' not in page
    assert "usage of a meter" in page


ALL_MODELS = {
    "per-unit": ("usage", "per_unit", {}, {"unit_price": Decimal("0.25")}, "0.25 USD per unit"),
    "volume": (
        "usage", "volume", {"tiers": [{"up_to": None, "unit_price": "0.5"}]}, {},
        "volume, 1 tier from 0.50 USD",
    ),
    "share": (
        "usage", "graduated_percentage",
        {"tiers": [{"up_to": "9", "percent": "3"}, {"up_to": None, "percent": "2"}]}, {},
        "graduated percentage, 2 tiers from 2 %",
    ),
    "packages": (
        "usage", "package", {"package_size": "1000", "package_price": "5"}, {},
        "5.00 USD per 1000 units",
    ),
    "percent": (
        "usage", "percentage", {"percent": "2.9", "fixed_fee": "0.3"}, {},
        "2.9 % + 0.30 USD per event",
    ),
    "cost": (
        "usage", "passthrough", {"amount_property": "cost", "markup_percent": "20"}, {},
        "cost + 20 %",
    ),
    "base": ("recurring", "", {"amount": "99"}, {}, "99.00 USD per period"),
    "setup": ("one_time", "", {"amount": "500"}, {}, "500.00 USD once"),
    "seat": ("seat", "per_unit", {}, {"unit_price": Decimal(12)}, "12.00 USD per seat"),
    "seats": (
        "seat", "graduated", {"tiers": [{"up_to": None, "unit_price": "9"}]}, {},
        "seats: graduated, 1 tier from 9.00 USD",
    ),
    "bonus": (
        "performance", "",
        {"measure": {"divide": "A", "by": "B"}, "of": ["x"], "bands": [{"percent": "5"}]}, {},
        "1 band on A ÷ B",
    ),
    "voice": ("call", "", {"bands": [{"name": "peak"}]}, {}, "call rates, 1 band"),
}  # fmt: skip


def stock(number: int = 1) -> None:
    for code, (kind, model, keys, columns, _) in ALL_MODELS.items():
        meter = make.ai_call_meter() if kind in ("usage", "call") else None
        price = Price.objects.create(
            legal_entity=make.northwind(), code=f"{code}-{number}", kind=kind, meter=meter
        )
        PriceVersion.objects.create(price=price, name=code, model=model, terms_keys=keys, **columns)


def test_a_list_tells_every_model_in_a_few_words(staff_client: Client) -> None:
    stock()

    page = staff_client.get(reverse("admin:catalog_priceversion_changelist")).content.decode()

    for *_, words in ALL_MODELS.values():
        assert words in page


def test_rates_are_in_the_currency_of_the_plans_of_a_price(staff_client: Client) -> None:
    stock()
    base = Price.objects.get(code="base-1")
    for code, currency in (("uk", "GBP"), ("eu", "EUR"), ("eu-small", "EUR")):
        plan = Plan.objects.create(
            legal_entity=base.legal_entity, code=code, name=code, currency=currency
        )
        plan.items.create(price=base)

    versions = staff_client.get(reverse("admin:catalog_priceversion_changelist"))
    price = staff_client.get(reverse("admin:catalog_price_change", args=[base.pk]))

    for page in (versions, price):
        assert "99.00 EUR or GBP per period" in page.content.decode()
    assert "500.00 USD once" in versions.content.decode()


def test_a_fallback_rate_has_its_currency(staff_client: Client) -> None:
    make.ai_call_price()

    page = staff_client.get(reverse("admin:catalog_priceversion_changelist")).content.decode()

    assert "rate card ai-call-rates, fallback 0.40 USD" in page


def test_lists_cost_as_many_queries_for_few_as_for_many(staff_client: Client) -> None:
    for address in ("admin:catalog_priceversion_changelist", "admin:catalog_price_changelist"):
        Price.objects.filter(versions=None).delete()
        stock(number=2 + 10 * len(address))
        with CaptureQueriesContext(connection) as few:
            staff_client.get(reverse(address))
        stock(number=1002 + 10 * len(address))
        with CaptureQueriesContext(connection) as many:
            staff_client.get(reverse(address))

        assert len(many) <= len(few) <= 15


@pytest.mark.parametrize("code", list(ALL_MODELS))
def test_the_page_of_every_model_is_cheap(staff_client: Client, code: str) -> None:
    stock()
    version = PriceVersion.objects.get(name=code)

    with CaptureQueriesContext(connection) as asked:
        page = staff_client.get(reverse("admin:catalog_priceversion_change", args=[version.pk]))

    assert page.status_code == 200
    assert len(asked) <= 15


@pytest.mark.parametrize("code", list(ALL_MODELS))
def test_two_versions_of_every_model_are_compared(staff_client: Client, code: str) -> None:
    stock()
    version = PriceVersion.objects.get(name=code)
    staff_client.post(reverse("admin:catalog_priceversion_copy", args=[version.pk]))

    page = staff_client.get(reverse("admin:catalog_price_compare", args=[version.price_id]))

    assert page.status_code == 200
    assert {row["kind"] for row in page.context["rows"]} == {"same"}


def test_a_tier_that_changed_is_named(staff_client: Client) -> None:
    price = Price.objects.create(
        legal_entity=make.northwind(), code="p", meter=make.ai_call_meter()
    )
    for rate in ("0.10", "0.08"):
        tiers = [{"up_to": "1000", "unit_price": rate}, {"up_to": None, "unit_price": "0.05"}]
        PriceVersion.objects.create(
            price=price, name="P", model="graduated", terms_keys={"tiers": tiers}
        )

    page = staff_client.get(reverse("admin:catalog_price_compare", args=[price.pk]))

    changed = [row for row in page.context["rows"] if row["kind"] == "changed"]
    assert [(row["values"], row["old"], row["new"]) for row in changed] == [
        (["Tier 1"], "up to 1,000: 0.10 per unit", "up to 1,000: 0.08 per unit")
    ]


def test_prices_are_found_by_kind(staff_client: Client) -> None:
    stock()

    page = staff_client.get(reverse("admin:catalog_price_changelist"), {"q": "recurring"})

    assert [price.code for price in page.context["cl"].result_list] == ["base-1"]
