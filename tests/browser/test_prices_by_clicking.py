"""Staff make prices of other models by clicking: no JSON anywhere."""

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

import pytest
from django.urls import reverse
from playwright.sync_api import FloatRect, Page, expect

from catalog.models import CallRate, Price, PriceVersion
from tests import factories as make
from tests.browser.axe import overflow, violations
from tests.browser.test_price_book_by_clicking import add, choose, enter, press, save
from usage.models import Meter


@pytest.fixture
def meters(committed: None) -> None:
    """A meter of minutes, and one of phone calls."""
    make.ai_call_meter()
    Meter.objects.create(
        legal_entity=make.northwind(), code="CALL", display_name="Phone calls", event_name="call",
        aggregation="sum", property="duration_seconds", unit="second", calls=True,
    )  # fmt: skip


def make_price(desk: Page, *, code: str, kind: str, meter: str) -> None:
    add(desk, "Prices")
    choose(desk, "Legal entity", "Northwind Voice")
    enter(desk, {"Code:": code})
    desk.get_by_label("Kind:").select_option(label=kind)
    choose(desk, "Meter", meter)
    save(desk)
    desk.get_by_role("link", name="Add version").click()


def row(desk: Page, item: str, number: int, values: dict[str, str]) -> None:
    enter(desk, {f"{label}, {item} {number}": text for label, text in values.items()})


def test_a_graduated_price_is_made_by_clicking(new_page: Callable[..., Page], meters: None) -> None:
    desk = new_page(make.staff())
    desk.goto("/admin/")
    make_price(desk, code="minutes", kind="usage of a meter", meter="AI Calls")

    enter(desk, {"Name:": "Minutes"})
    desk.get_by_label("Model:").select_option(label="graduated tiers")
    expect(desk.get_by_role("heading", name="Graduated tiers")).to_be_visible()
    expect(desk.get_by_label("Name:")).to_have_value("Minutes")
    row(desk, "tier", 1, {"Up to": "1000", "Price per unit": "0.10"})
    row(desk, "tier", 2, {"Up to": "5000", "Price per unit": "0.08"})
    row(desk, "tier", 3, {"Up to": "9000", "Price per unit": "0.05"})
    desk.get_by_role("button", name="Add tier").click()
    row(desk, "tier", 4, {"Price per unit": "0.03"})
    desk.get_by_role("button", name="Show the form and the picture of this").click()
    expect(desk.get_by_role("img", name="Total by quantity")).to_be_visible()
    desk.get_by_role("button", name="Remove this tier").nth(2).click()
    save(desk)
    press(desk, "Publish")

    expect(desk.locator("#content")).to_contain_text("graduated, 3 tiers from 0.03 USD")
    tiers = PriceVersion.objects.get().terms_keys["tiers"]
    assert [tier["up_to"] for tier in tiers] == ["1000", "5000", None]


def test_a_price_of_calls_is_made_by_clicking(new_page: Callable[..., Page], meters: None) -> None:
    desk = new_page(make.staff())
    desk.goto("/admin/")
    make_price(desk, code="voice", kind="calls", meter="Phone calls")

    enter(desk, {"Name:": "Voice"})
    row(desk, "band", 1, {"Name": "peak", "From": "08:00", "To": "18:00"})
    days = desk.get_by_role("group", name="Days, band 1")
    for day in ("Mon", "Fri"):
        days.get_by_label(day, exact=True).check()
    save(desk)
    desk.get_by_role("link", name="Rates", exact=True).click()
    row(desk, "rate", 1, {"Prefix": "1", "Band": "peak", "Per minute": "0.014"})
    row(desk, "rate", 2, {"Prefix": "1", "Per minute": "0.01", "First seconds": "30"})
    desk.get_by_role("button", name="Save rates").click()
    expect(desk.locator(".messagelist .success")).to_contain_text("The rates are saved")
    desk.get_by_role("link", name="Back to the version").click()
    press(desk, "Publish")

    made = PriceVersion.objects.get()
    assert made.terms_keys["bands"][0]["days"] == ["mon", "fri"]
    assert {rate.rate_per_minute for rate in made.call_rates.all()} == {
        Decimal("0.014"), Decimal("0.01"),
    }  # fmt: skip


def drafts() -> tuple[PriceVersion, PriceVersion]:
    """Return a draft in volume tiers that make more usage cheaper, and one of calls."""
    minutes = Price.objects.create(
        legal_entity=make.northwind(), code="minutes", meter=make.ai_call_meter()
    )
    tiers = [{"up_to": "100", "unit_price": "1"}, {"up_to": None, "unit_price": "0.5"}]
    volume = PriceVersion.objects.create(
        price=minutes, name="Minutes", model="volume", terms_keys={"tiers": tiers}
    )
    voice = Price.objects.create(
        legal_entity=make.northwind(),
        code="voice",
        kind="call",
        meter=Meter.objects.get(calls=True),
    )
    calls = PriceVersion.objects.create(
        price=voice, name="Voice", model="", terms_keys={"bands": [{"name": "peak"}]}
    )
    CallRate.objects.create(version=calls, prefix="1", rate_per_minute=Decimal(1))
    return volume, calls


@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 1280), ("light", 320)])
def test_the_forms_of_prices_are_for_everybody(
    new_page: Callable[..., Page], meters: None, scheme: Literal["light", "dark"], width: int
) -> None:
    volume, calls = drafts()
    contract = make.contract(make.acme(), activated=False)
    override = reverse("admin:contracts_contractoverride_add")
    addresses = [
        reverse("admin:catalog_priceversion_change", args=[volume.pk]),
        reverse("admin:catalog_priceversion_change", args=[calls.pk]),
        reverse("admin:catalog_call_rates", args=[calls.pk]),
        reverse("admin:catalog_call_rates_import", args=[calls.pk]),
        f"{override}?contract={contract.pk}&price={contract.plan.items.get().price_id}",
        reverse("admin:contracts_contract_change", args=[contract.pk]),
        reverse("admin:catalog_plan_change", args=[contract.plan_id]),
    ]
    desk = new_page(make.staff(), color_scheme=scheme, viewport={"width": width, "height": 900})

    for address in addresses:
        desk.goto(address)
        assert violations(desk) == []
        assert overflow(desk) == 0


def box_of(desk: Page, selector: str) -> FloatRect:
    box = desk.locator(selector).first.bounding_box()
    assert box is not None
    return box


def test_the_picture_is_beside_the_tiers_on_a_desk_and_below_on_a_phone(
    new_page: Callable[..., Page], meters: None
) -> None:
    volume, _ = drafts()
    desk = new_page(make.staff(), viewport={"width": 1280, "height": 900})
    desk.goto(reverse("admin:catalog_priceversion_change", args=[volume.pk]))

    tiers, picture = box_of(desk, ".pictured > fieldset"), box_of(desk, ".price-picture")
    assert picture["x"] > tiers["x"] + tiers["width"]
    assert picture["y"] == tiers["y"]
    rows = desk.locator(".pictured .term-rows")
    assert rows.evaluate("box => box.scrollWidth - box.clientWidth") == 0

    desk.set_viewport_size({"width": 360, "height": 900})
    tiers, picture = box_of(desk, ".pictured > fieldset"), box_of(desk, ".price-picture")
    assert picture["x"] == tiers["x"]
    assert picture["y"] > tiers["y"] + tiers["height"]


def test_boxes_of_a_form_stay_inside_their_card_on_a_phone(
    new_page: Callable[..., Page], meters: None
) -> None:
    volume, _ = drafts()
    phone = new_page(make.staff(), viewport={"width": 360, "height": 900})
    phone.goto(reverse("admin:catalog_priceversion_change", args=[volume.pk]))

    card, name = box_of(phone, "fieldset.module"), box_of(phone, "#id_name")
    assert name["x"] + name["width"] < card["x"] + card["width"]
