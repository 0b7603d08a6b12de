"""Versions side by side in the admin."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import PriceVersion, RateCard, RateCardVersion, RateEntry
from tests.factories import ai_call_price, ai_call_rates

DECEMBER_1 = datetime(2024, 12, 1, tzinfo=UTC)


@pytest.fixture
def card(db: None) -> RateCard:
    made = ai_call_rates()
    draft = RateCardVersion.objects.create(rate_card=made, effective_from=DECEMBER_1)
    for match, rate in (
        ({"region": "US", "call_outcome": "resolved"}, "0.25"),
        ({"region": "US", "call_outcome": "transferred"}, "0.40"),
        ({"region": "LATAM", "call_outcome": "*"}, "0.10"),
    ):
        RateEntry.objects.create(version=draft, match=match, rate=Decimal(rate))
    return made


def _rows(page: Any) -> list[tuple[str, str, str, str, str]]:
    return [
        (row["old"], row["new"], row["change"], row["percent"], row["word"])
        for row in page.context["rows"]
    ]


def test_the_last_two_versions_stand_side_by_side(clerk_client: Client, card: RateCard) -> None:
    page = clerk_client.get(reverse("admin:catalog_ratecard_compare", args=[card.pk]))

    assert _rows(page)[:4] == [
        ("0.20", "0.25", "+0.05", "+25 %", "changed"),
        ("0.40", "0.40", "", "", "the same"),
        ("–", "0.10", "", "", "added"),
        ("0.60", "–", "", "", "removed"),
    ]
    assert page.context["counts"] == "1 added, 7 removed, 1 changed, 1 the same"


def test_two_versions_are_chosen_and_nonsense_is_the_last_two(
    clerk_client: Client, card: RateCard
) -> None:
    first, last = card.versions.order_by("effective_from")
    url = reverse("admin:catalog_ratecard_compare", args=[card.pk])

    page = clerk_client.get(url, {"old": last.pk, "new": first.pk})
    assert _rows(page)[0] == ("0.25", "0.20", "−0.05", "−20 %", "changed")

    page = clerk_client.get(url, {"old": "x\x00", "new": "9" * 40})
    assert (page.context["old"], page.context["new"]) == (first, last)


def test_one_version_alone_is_said(clerk_client: Client) -> None:
    card = ai_call_rates()

    page = clerk_client.get(reverse("admin:catalog_ratecard_compare", args=[card.pk]), follow=True)

    assert [str(message) for message in page.context["messages"]] == [
        "ai-call-rates has no two versions to compare yet."
    ]


def test_versions_of_a_price_are_compared_by_what_they_say(clerk_client: Client) -> None:
    price = ai_call_price()
    PriceVersion.objects.create(
        price=price, name="AI minutes", effective_from=DECEMBER_1, unit_price=Decimal("0.50")
    )

    page = clerk_client.get(reverse("admin:catalog_price_compare", args=[price.pk]))

    assert [(row["values"][0], row["old"], row["new"]) for row in page.context["rows"]] == [
        ("Model", "per unit, by rate card", "per unit"),
        ("Name on invoices", "AI Calls", "AI minutes"),
        ("Section", "usage", "usage"),
        ("Tax code", "–", "–"),
        ("Rate card", "ai-call-rates", "–"),
        ("Unit price", "–", "0.50"),
        ("Fallback rate", "0.40", "–"),
    ]


def test_a_card_that_is_not_there_is_not_found(clerk_client: Client) -> None:
    assert clerk_client.get(f"/admin/catalog/ratecard/{10**30}/compare/").status_code == 404


def test_the_pages_of_the_price_book_ask_few_queries_however_many_rates_there_are(
    clerk_client: Client, card: RateCard, django_assert_max_num_queries: Any
) -> None:
    draft = card.versions.get(published_at=None)
    RateEntry.objects.bulk_create(
        RateEntry(version=draft, match={"region": f"R{n}", "call_outcome": "*"}, rate=1)
        for n in range(600)
    )
    compare = reverse("admin:catalog_ratecard_compare", args=[card.pk])
    table = reverse("admin:catalog_ratecardversion_table", args=[draft.pk])

    for url in (compare, table):
        with django_assert_max_num_queries(15):
            assert clerk_client.get(url).status_code == 200

    assert clerk_client.get(compare).context["left_out"] == 110
