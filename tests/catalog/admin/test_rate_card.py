"""The page of a rate card."""

from datetime import UTC, datetime

from django.test import Client
from django.urls import reverse

from catalog.models import RateCardVersion
from tests import factories as make


def test_versions_stand_in_the_order_of_their_time(staff_client: Client) -> None:
    card = make.ai_call_rates(published=False)
    for year in (2027, 2025, 2026):
        RateCardVersion.objects.create(
            rate_card=card, effective_from=datetime(year, 1, 1, tzinfo=UTC)
        )

    page = staff_client.get(reverse("admin:catalog_ratecard_change", args=[card.pk]))

    (versions,) = page.context["object_tables"]
    first_words = [str(row[0].text) for row in versions.rows]
    assert [words.split(",")[1].strip()[:4] for words in first_words] == [
        "2024",
        "2025",
        "2026",
        "2027",
    ]
