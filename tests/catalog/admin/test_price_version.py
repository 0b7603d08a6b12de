"""Prices in the admin: drafts, publishing, the tester."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from catalog.models import Price, PriceVersion
from tests.admin_forms import errors_of, save_form, send_form
from tests.factories import ai_call_meter, ai_call_price, ai_call_rates, northwind


def _price() -> Price:
    return Price.objects.create(legal_entity=northwind(), code="ai-call", meter=ai_call_meter())


def _add(client: Client, price: Price, **values: Any) -> Any:
    url = f"{reverse('admin:catalog_priceversion_add')}?price={price.pk}"
    return send_form(client, url, name="AI Calls", **values)


def _publish(client: Client, version: PriceVersion) -> Any:
    return send_form(client, reverse("admin:catalog_priceversion_publish", args=[version.pk]))


def test_a_price_is_published(staff_client: Client) -> None:
    price = _price()
    assert errors_of(_add(staff_client, price, unit_price="0.25")) == []

    assert errors_of(_publish(staff_client, PriceVersion.objects.get())) == []

    assert PriceVersion.objects.get().published_at is not None


def test_a_missing_fallback_is_refused_in_the_engines_words(staff_client: Client) -> None:
    page = _add(staff_client, _price(), rate_card=ai_call_rates().pk)

    assert page.context["adminform"].form.errors["fallback_rate"] == [
        "is missing: rate card 'ai-call-rates' falls back where no entry matches"
    ]
    assert not PriceVersion.objects.exists()


def test_a_price_needs_a_unit_price_or_a_card(staff_client: Client) -> None:
    page = _add(staff_client, _price())

    assert "needs a unit_price or a rate_card" in errors_of(page)


def test_overlapping_versions_are_refused_naming_both(staff_client: Client) -> None:
    page = _add(staff_client, ai_call_price(), unit_price="1", effective_from="2025-01-01")

    assert errors_of(page) == [
        "versions[1]: (from 2025-01-01 on) overlaps versions[0] (from the beginning on)"
    ]


def test_publishing_ends_the_open_version_before_it(staff_client: Client) -> None:
    price = ai_call_price()
    _add(staff_client, price, unit_price="1", effective_from="2025-01-01", ends_previous="on")
    draft = price.versions.get(published_at=None)

    assert errors_of(_publish(staff_client, draft)) == []

    first = price.versions.get(effective_from=None)
    assert first.effective_to == datetime(2025, 1, 1, tzinfo=UTC)


def test_a_price_whose_card_has_no_published_version_is_not_published(
    staff_client: Client,
) -> None:
    card = ai_call_rates(published=False)
    _add(staff_client, _price(), rate_card=card.pk, fallback_rate="0.40")

    page = _publish(staff_client, PriceVersion.objects.get())

    assert errors_of(page) == ["rate_card: no version of rate card 'ai-call-rates' is published"]


def test_a_clerk_may_not_publish(clerk_client: Client) -> None:
    version = ai_call_price().versions.get()
    url = reverse("admin:catalog_priceversion_publish", args=[version.pk])

    assert clerk_client.post(url).status_code == 403


def test_a_price_in_a_plan_of_another_seller_is_refused(staff_client: Client) -> None:
    price = ai_call_price()
    other = northwind(code="southwind", name="Southwind", invoice_prefix="SW")

    page = send_form(
        staff_client,
        reverse("admin:catalog_plan_add"),
        legal_entity=other.pk,
        code="calls",
        name="Calls",
        **{"items-0-price": price.pk},
    )

    assert "This price is of Northwind Voice." in " ".join(errors_of(page))


def test_the_prices_of_a_plan_keep_their_order(staff_client: Client) -> None:
    first = ai_call_price()
    second = Price.objects.create(legal_entity=northwind(), code="extra", meter=ai_call_meter())

    save_form(
        staff_client,
        reverse("admin:catalog_plan_add"),
        legal_entity=northwind().pk,
        code="calls",
        name="Calls",
        **{
            "items-0-price": first.pk, "items-0-position": "2",
            "items-1-price": second.pk, "items-1-position": "1", "items-TOTAL_FORMS": "2",
        },
    )  # fmt: skip

    plan = northwind().plans.get()
    assert [item.price for item in plan.items.all()] == [second, first]
