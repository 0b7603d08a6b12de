"""Every price model by its own form: the boxes, what is stored, and where problems stand."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Plan, Price, PriceVersion
from tests import factories as make
from tests.admin_forms import errors_of, rows, save_form, send_form

pytestmark = pytest.mark.django_db


def price(kind: str = "usage", **fields: Any) -> Price:
    counts = kind in ("usage", "call")
    meter = make.ai_call_meter() if counts else None
    return Price.objects.create(
        legal_entity=make.northwind(), code=f"the-{kind}", kind=kind, meter=meter, **fields
    )


def address(of: Price, model: str = "") -> str:
    return f"{reverse('admin:catalog_priceversion_add')}?price={of.pk}&model={model}"


def add(client: Client, of: Price, model: str = "", /, **values: Any) -> PriceVersion:
    save_form(client, address(of, model), name="The price", **values)
    return PriceVersion.objects.get()


def refused(client: Client, of: Price, model: str = "", /, **values: Any) -> dict[str, list[str]]:
    page = send_form(client, address(of, model), name="The price", **values)
    assert not PriceVersion.objects.exists()
    return dict(page.context["adminform"].form.errors)


TIERS = rows(
    "tiers",
    {"up_to": "1000", "unit_price": "0.10", "flat_fee": ""},
    {"up_to": "", "unit_price": "0.05", "flat_fee": "5"},
)


@pytest.mark.parametrize("model", ["graduated", "volume"])
def test_tiers_are_rows(staff_client: Client, model: str) -> None:
    made = add(staff_client, price(), model, flat_fee_at_zero="on", **TIERS)

    assert made.model == model
    assert made.terms_keys == {
        "tiers": [
            {"up_to": "1000", "unit_price": "0.1"},
            {"up_to": None, "unit_price": "0.05", "flat_fee": "5"},
        ],
        "flat_fee_at_zero": True,
    }


def test_a_form_shows_what_it_stored(staff_client: Client) -> None:
    made = add(staff_client, price(), "graduated", flat_fee_at_zero="on", **TIERS)
    before = made.terms_keys

    save_form(staff_client, reverse("admin:catalog_priceversion_change", args=[made.pk]))

    made.refresh_from_db()
    assert made.terms_keys == before


def test_a_percentage_of_the_value_in_tiers(staff_client: Client) -> None:
    made = add(
        staff_client, price(), "graduated_percentage",
        **rows("tiers", {"up_to": "100", "percent": "3"}, {"percent": "2"}),
    )  # fmt: skip

    assert made.terms_keys["tiers"] == [
        {"up_to": "100", "percent": "3"},
        {"up_to": None, "percent": "2"},
    ]


def test_packages(staff_client: Client) -> None:
    made = add(
        staff_client, price(), "package",
        package_size="1000", package_price="5.00", free_units="100", round="down",
    )  # fmt: skip

    assert made.terms_keys == {
        "package_size": "1000", "package_price": "5", "free_units": "100", "round": "down",
    }  # fmt: skip


def test_a_percentage_of_each_event(staff_client: Client) -> None:
    made = add(
        staff_client, price(), "percentage",
        percent="2.9", fixed_fee="0.30", free_events="10", minimum_per_event="0.50",
    )  # fmt: skip

    assert made.terms_keys == {
        "percent": "2.9", "fixed_fee": "0.3", "free_events": 10, "minimum_per_event": "0.5",
    }  # fmt: skip


def test_cost_plus_markup(staff_client: Client) -> None:
    made = add(staff_client, price(), "passthrough", amount_property="cost", markup_percent="20")

    assert made.terms_keys == {"amount_property": "cost", "markup_percent": "20"}


def test_a_recurring_fee(staff_client: Client) -> None:
    made = add(staff_client, price("recurring"), amount="99", timing="arrears", prorate="none")

    assert (made.model, made.section) == ("", "platform")
    assert made.terms_keys == {"amount": "99", "timing": "arrears", "prorate": "none"}


def test_a_one_time_fee(staff_client: Client) -> None:
    made = add(staff_client, price("one_time"), amount="500")

    assert made.terms_keys == {"amount": "500"}
    assert made.section == "one_time"


def test_seats_by_the_unit(staff_client: Client) -> None:
    made = add(staff_client, price("seat"), unit_price="12", timing="arrears")

    assert (made.model, made.unit_price) == ("per_unit", Decimal(12))
    assert made.terms_keys == {"timing": "arrears"}


def test_seats_in_tiers(staff_client: Client) -> None:
    made = add(staff_client, price("seat"), "volume", **TIERS)

    assert made.model == "volume"
    assert len(made.terms_keys["tiers"]) == 2


def test_a_bonus_by_bands(staff_client: Client) -> None:
    made = add(
        staff_client, price("performance"),
        measure__divide="RESOLVED", measure__by="TASKS", of="ai-call, other",
        **rows("bands", {"up_to": "0.8", "percent": "-10"}, {"amount": "100"}),
    )  # fmt: skip

    assert made.terms_keys == {
        "measure": {"divide": "RESOLVED", "by": "TASKS"},
        "of": ["ai-call", "other"],
        "bands": [{"up_to": "0.8", "percent": "-10"}, {"up_to": None, "amount": "100"}],
    }


def test_a_bonus_on_one_meter_comes_back_to_its_box(staff_client: Client) -> None:
    made = add(
        staff_client, price("performance"), measure__divide="RESOLVED", of="ai-call",
        **rows("bands", {"percent": "1"}),
    )  # fmt: skip
    assert made.terms_keys["measure"] == "RESOLVED"

    save_form(staff_client, reverse("admin:catalog_priceversion_change", args=[made.pk]))

    made.refresh_from_db()
    assert made.terms_keys["measure"] == "RESOLVED"


def test_allowance_limits_and_outcome_of_usage(staff_client: Client) -> None:
    made = add(
        staff_client, price(), "per_unit",
        unit_price="0.25", minimum_amount="10", maximum_amount="100",
        included__quantity="500", included__per="seats", included__period="year",
        included__pool="minutes", included__scope="group",
        included__rollover__periods="1", included__rollover__maximum="200",
        outcome__success_event="resolved", outcome__reversal_event="reopened, rejected",
        outcome__correlation_property="ticket", outcome__window_hours="72",
    )  # fmt: skip

    assert made.terms_keys == {
        "included": {
            "quantity": "500", "per": "seats", "period": "year", "pool": "minutes",
            "scope": "group", "rollover": {"periods": 1, "maximum": "200"},
        },
        "minimum_amount": "10",
        "maximum_amount": "100",
        "outcome": {
            "success_event": "resolved", "reversal_event": ["reopened", "rejected"],
            "correlation_property": "ticket", "window_hours": 72,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    "kind, model, values, box, words",
    [
        ("usage", "graduated",
         rows("tiers", {"up_to": "10", "unit_price": "x"}, {"unit_price": "1"}),
         "tiers", "Tier 1, price per unit: 'x' is not a number such as 12 or 0.25"),
        ("usage", "volume", rows("tiers", {"up_to": "10", "unit_price": "1"}),
         "tiers", "Tier 1, up to: must be null: the last tier has no end"),
        ("usage", "package", {"package_size": "0", "package_price": "1"},
         "package_size", "must be more than 0"),
        ("usage", "percentage", {"percent": ""}, "percent", "is required"),
        ("usage", "passthrough", {}, "amount_property", "is required"),
        ("usage", "per_unit", {"unit_price": "1", "included__pool": "p"},
         "included__quantity", "is required"),
        ("usage", "per_unit", {"unit_price": "1", "minimum_amount": "5", "maximum_amount": "1"},
         "maximum_amount", "is less than minimum_amount"),
        ("usage", "per_unit", {"unit_price": "1", "outcome__window_hours": "soon"},
         "outcome__window_hours", "must be a whole number from 0 to 8784"),
        ("recurring", "", {"amount": "-1"}, "amount", "a rate must not be negative"),
        ("performance", "", {"of": "a"}, "measure__divide", "is required"),
        ("performance", "", {"of": "a", "measure__divide": "M"}, "bands", "is required"),
    ],
)  # fmt: skip
def test_a_problem_stands_at_its_box(
    staff_client: Client, kind: str, model: str, values: dict[str, str], box: str, words: str
) -> None:
    assert words in refused(staff_client, price(kind), model, **values)[box]


def test_the_cell_of_a_problem_is_marked(staff_client: Client) -> None:
    typed = rows("tiers", {}, {"up_to": "5", "unit_price": "1"}, {"up_to": "3"})

    page = send_form(staff_client, address(price(), "volume"), name="P", **typed).content.decode()

    assert (
        'value="3" size="10" maxlength="2000" autocomplete="off" aria-label="Up to, tier 2"' in page
    )
    assert "Tier 2: needs a unit_price or a flat_fee" in page


def test_another_model_is_shown_before_anything_is_saved(staff_client: Client) -> None:
    url = address(price())

    page = send_form(staff_client, url, name="Calls", model="package", unit_price="1")

    form = page.context["adminform"].form
    assert not PriceVersion.objects.exists()
    assert errors_of(page) == []
    assert form["name"].value() == "Calls"
    assert "package_size" in form.fields
    assert "unit_price" not in form.fields


def test_the_picture_is_shown_anew_without_saving(staff_client: Client) -> None:
    url = address(price(), "volume")
    typed = rows("tiers", {"up_to": "100", "unit_price": "1"}, {"unit_price": "0.5"})

    page = send_form(staff_client, url, name="Calls", _show="1", **typed)

    assert not PriceVersion.objects.exists()
    assert 'class="chart-dip"' in page.content.decode()
    assert "More usage is cheaper here" in page.content.decode()


def test_a_new_price_asks_for_the_price_first(staff_client: Client) -> None:
    of = price("one_time")
    url = reverse("admin:catalog_priceversion_add")

    page = send_form(staff_client, url, price=of.pk, name="Setup")

    assert "amount" in page.context["adminform"].form.fields
    assert not PriceVersion.objects.exists()


def test_an_empty_form_is_answered_with_what_is_missing(staff_client: Client) -> None:
    page = staff_client.post(reverse("admin:catalog_priceversion_add"), {})

    assert page.status_code == 200
    assert "This field is required." in errors_of(page)


def test_a_draft_of_another_model_drops_what_the_old_one_said(staff_client: Client) -> None:
    made = add(staff_client, price(), "per_unit", unit_price="1")
    url = f"{reverse('admin:catalog_priceversion_change', args=[made.pk])}?model=package"

    save_form(staff_client, url, package_size="10", package_price="2")

    made.refresh_from_db()
    assert (made.model, made.unit_price) == ("package", None)


def test_a_published_version_is_shown_in_words(staff_client: Client) -> None:
    made = add(staff_client, price(), "graduated", included__quantity="50", **TIERS)
    save_form(staff_client, reverse("admin:catalog_priceversion_publish", args=[made.pk]))

    page = staff_client.get(reverse("admin:catalog_priceversion_change", args=[made.pk]))

    shown = page.content.decode()
    assert "graduated, 2 tiers from 0.05 USD, 50 included" in shown
    assert "up to 1,000: 0.10 per unit" in shown
    assert "50 each billing period" in shown
    assert 'name="tiers-0-up_to"' not in shown


def test_the_picture_stands_beside_the_tiers_before_what_is_folded(staff_client: Client) -> None:
    made = add(staff_client, price(), "graduated", **TIERS)

    page = staff_client.get(reverse("admin:catalog_priceversion_change", args=[made.pk]))

    shown = page.content.decode()
    pictured = shown[shown.index('<div class="pictured">') : shown.index("Included at no charge")]
    assert pictured.index('name="tiers-0-up_to"') < pictured.index('class="module price-picture"')
    assert shown.index('name="name"') < shown.index('<div class="pictured">')


def test_the_picture_of_a_published_version_stands_beside_what_is_fixed(
    staff_client: Client,
) -> None:
    made = add(staff_client, price(), "graduated", **TIERS)
    PriceVersion.objects.update(published_at=make.NOW)

    page = staff_client.get(reverse("admin:catalog_priceversion_change", args=[made.pk]))

    shown = page.content.decode()
    pictured = shown[shown.index('<div class="pictured">') : shown.index("What it charges")]
    assert "graduated, 2 tiers from 0.05 USD" in pictured
    assert 'class="module price-picture"' in pictured
    (charges,) = page.context["object_tables"]
    assert ("Currency", "USD") in [(what.text, says.text) for what, says in charges.rows]


def test_the_picture_is_in_the_currency_of_the_plans(staff_client: Client) -> None:
    made = add(staff_client, price(), "graduated", **TIERS)
    plan = Plan.objects.create(
        legal_entity=made.price.legal_entity, code="eu", name="Europe", currency="EUR"
    )
    plan.items.create(price=made.price)

    page = staff_client.get(reverse("admin:catalog_priceversion_change", args=[made.pk]))

    assert " EUR at " in page.context["picture"].curve.summary


def test_a_new_version_copies_all(staff_client: Client) -> None:
    made = add(staff_client, price(), "graduated", minimum_amount="5", **TIERS)
    save_form(staff_client, reverse("admin:catalog_priceversion_publish", args=[made.pk]))

    staff_client.post(reverse("admin:catalog_priceversion_copy", args=[made.pk]))

    draft = PriceVersion.objects.get(published_at=None)
    assert draft.terms_keys == made.terms_keys
    assert (draft.model, draft.name) == ("graduated", "The price")
