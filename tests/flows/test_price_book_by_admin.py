"""The worked example is made in the admin alone, and bills what it must."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from accounts.queries.api_keys import usable_api_key
from invoicing.models import Invoice
from invoicing.operations.refresh_invoice import refresh_invoice
from tests.factories import NOW, accepted, six_bodies, source, staff
from tests.flows.price_book_by_admin import make_everything
from values.calendar import local_midnight
from values.period import Period


@pytest.fixture
def admin_client(client: Client) -> Client:
    client.force_login(staff())
    return client


@pytest.mark.django_db
def test_the_price_book_and_the_agreement_are_made_by_forms_alone(admin_client: Client) -> None:
    made = make_everything(admin_client)

    zone = made.acme.timezone
    assert made.contract.starts_at == local_midnight(date(2024, 11, 1), zone)
    assert made.contract.ends_at == local_midnight(date(2026, 11, 1), zone)
    assert made.contract.activated_at is not None
    assert usable_api_key(presented=made.key_text, now=NOW).mode == "test"

    accepted(source(made.acme.partners.get()), six_bodies())
    november = Invoice.objects.get(contract=made.contract, period_start=made.contract.starts_at)
    refreshed = refresh_invoice(invoice_id=november.pk, now=datetime.now(UTC))

    assert [line.amount.amount for line in refreshed.lines.order_by("position")] == [
        Decimal("2.60"), Decimal("4.80"), Decimal("1.50"), Decimal("11.25"), Decimal("1.20"),
    ]  # fmt: skip
    assert refreshed.amount_due.amount == 0
    assert Period(november.period_start, november.period_end).contains(
        datetime(2024, 11, 30, 12, tzinfo=UTC)
    )
