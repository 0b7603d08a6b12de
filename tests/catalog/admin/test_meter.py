"""Meters in the admin, once prices are of them."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Price, PriceVersion
from tests.admin_forms import form_of, save_form
from tests.factories import NOW, ai_call_meter, northwind
from usage.admin.meter_form import QUANTITY_FIELDS
from usage.models import Meter

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> str:
    """A meter with a draft of a price, its page in the admin."""
    meter = ai_call_meter()
    Meter.objects.update(
        quantity_rounding={"mode": "half_up", "places": 2},
        unit_conversion={"divide_by": "60", "label": "hour", "round": "up"},
    )
    price = Price.objects.create(legal_entity=northwind(), code="calls", meter=meter)
    PriceVersion.objects.create(price=price, name="Calls", unit_price=Decimal(1))
    return reverse("admin:usage_meter_change", args=[meter.pk])


def test_a_meter_of_drafts_takes_another_unit(staff_client: Client, page: str) -> None:
    save_form(staff_client, page, divide_by="30", unit="min")

    meter = Meter.objects.get()
    assert (meter.unit, meter.unit_conversion["divide_by"]) == ("min", "30")


def test_what_a_published_price_charges_by_has_no_fields(staff_client: Client, page: str) -> None:
    PriceVersion.objects.update(published_at=NOW)

    fields = form_of(staff_client, page)

    assert {"unit", "code", *QUANTITY_FIELDS}.isdisjoint(fields)
    assert {"display_name", "property", "event_increment"} <= set(fields)


def test_what_a_published_price_charges_by_is_told_with_the_price(
    staff_client: Client, page: str
) -> None:
    PriceVersion.objects.update(published_at=NOW)

    text = staff_client.get(page).content.decode()

    assert "The published price “calls” charges by this meter" in text
    assert "to the nearest, halves up, to 2 places" in text
    assert "hour: 60 of what is counted, begun ones count whole" in text


def test_a_meter_in_use_is_saved_with_its_quantities_as_they_are(
    staff_client: Client, page: str
) -> None:
    PriceVersion.objects.update(published_at=NOW)
    before = Meter.objects.values("unit", "quantity_rounding", "unit_conversion").get()

    save_form(staff_client, page, display_name="Calls of people", divide_by="1")

    assert Meter.objects.values("unit", "quantity_rounding", "unit_conversion").get() == before
    assert Meter.objects.get().display_name == "Calls of people"


def test_the_page_of_a_meter_in_use_asks_few_questions(staff_client: Client, page: str) -> None:
    PriceVersion.objects.update(published_at=NOW)
    staff_client.get(page)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        staff_client.get(page)

    assert len(queries) <= 15, [query["sql"][:120] for query in queries]
