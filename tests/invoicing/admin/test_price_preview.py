"""What publishing would change, on the page that asks."""

from datetime import UTC, datetime
from decimal import Decimal
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Price, PriceVersion, RateCard, RateCardVersion, RateEntry
from tests.admin_forms import save_form
from tests.factories import (
    NOW,
    accepted,
    acme,
    acme_contract,
    call_body,
    contract,
    partner,
    six_bodies,
    source,
)

DECEMBER_10 = datetime(2024, 12, 10, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def draft(db: None) -> RateCardVersion:
    buyer = acme(clock_at=DECEMBER_10)
    acme_contract(buyer)
    accepted(source(partner(buyer)), six_bodies(), now=NOW)
    version = RateCardVersion.objects.create(
        rate_card=RateCard.objects.get(), effective_from=NEXT_YEAR
    )
    for entry in RateCardVersion.objects.earliest("effective_from").entries.all():
        RateEntry.objects.create(
            version=version, match=entry.match, rate=entry.rate * 2, position=entry.position
        )
    return version


def _url(version: RateCardVersion | PriceVersion) -> str:
    name = version._meta.model_name
    return reverse(f"admin:catalog_{name}_publish", args=[version.pk])


def test_the_page_that_asks_shows_who_would_pay_more(
    staff_client: Client, draft: RateCardVersion
) -> None:
    page = unescape(staff_client.get(_url(draft)).content.decode())

    for shown in ("Acme Support Co", "21.35 USD", "42.70 USD", "+21.35 USD", "+100 %"):
        assert shown in page, shown
    assert "Nov 1, 2024 to Nov 30, 2024" in page
    assert "No full billing period yet" not in page
    draft.refresh_from_db()
    assert draft.published_at is None

    save_form(staff_client, _url(draft))

    draft.refresh_from_db()
    assert draft.published_at is not None


def test_a_contract_without_a_full_period_says_which_days_stand_for_one(
    staff_client: Client,
) -> None:
    buyer = acme(clock_at=datetime(2024, 11, 20, tzinfo=UTC))
    contract(buyer)
    accepted(source(partner(buyer)), [call_body("call", minutes=10)])
    version = PriceVersion.objects.create(
        price=Price.objects.get(), name="AI Calls", effective_from=NEXT_YEAR,
        unit_price=Decimal("0.05"),
    )  # fmt: skip

    page = unescape(staff_client.get(_url(version)).content.decode())

    assert page.count("No full billing period yet: its last 30 days at most.") == 1


def test_a_version_of_a_price_is_previewed_too(staff_client: Client) -> None:
    buyer = acme(clock_at=DECEMBER_10)
    contract(buyer)
    accepted(source(partner(buyer)), [call_body("call", minutes=10)])
    version = PriceVersion.objects.create(
        price=Price.objects.get(), name="AI Calls", effective_from=NEXT_YEAR,
        unit_price=Decimal("0.05"),
    )  # fmt: skip

    page = unescape(staff_client.get(_url(version)).content.decode())

    assert "−1.50 USD" in page
    assert "−75 %" in page


def test_an_agreement_that_does_not_fit_is_said_before_publishing(
    staff_client: Client, draft: RateCardVersion
) -> None:
    version = PriceVersion.objects.create(
        price=Price.objects.get(), name="AI Calls", effective_from=NEXT_YEAR, unit_price=1
    )

    page = unescape(staff_client.get(_url(version)).content.decode())

    assert "Acme Support Co: AI Call Center cannot be billed by this version: " in page
    assert "the price has a unit price, not a rate card" in page


def test_without_usage_the_page_says_that_nobody_would_notice(staff_client: Client) -> None:
    acme_contract(acme())
    version = RateCardVersion.objects.create(
        rate_card=RateCard.objects.get(), effective_from=NEXT_YEAR
    )

    page = unescape(staff_client.get(_url(version)).content.decode())

    assert "nobody would have paid more or less" in page
    assert "1 contract had no usage in that time." in page


def test_who_may_see_no_invoices_is_shown_no_amounts(
    client: Client, draft: RateCardVersion
) -> None:
    pricer = User.objects.create_user("petra@northwind.example", is_staff=True)
    pricer.user_permissions.set(
        Permission.objects.filter(content_type__app_label="catalog", codename__contains="rate")
    )
    client.force_login(pricer)

    page = client.get(_url(draft))

    assert page.status_code == 200
    assert "Acme" not in page.content.decode()
