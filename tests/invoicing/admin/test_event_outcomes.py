"""The page of an event in a line of outcomes: how it was judged, where that is soon found."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.admin.utils import quote
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Plan, PlanPrice, Price, PriceVersion
from catalog.operations.publish_price_version import publish_price_version
from invoicing.models import InvoiceLine
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from usage.models import Event, Meter, UsageArchive
from usage.store.partitions import month_bounds

JUDGED = "judged: T1, counts since Nov 8, 2024 05:00 America/New_York"


@pytest.fixture
def resolved(db: None) -> Event:
    """A ticket of an agent of Acme, resolved for three days, billed at a dollar."""
    acme = make.acme()
    meter = Meter.objects.create(
        legal_entity=make.northwind(), code="TICKET", display_name="Tickets",
        event_name="ticket_resolved", aggregation="count", unit="ticket",
    )  # fmt: skip
    price = Price.objects.create(legal_entity=make.northwind(), code="ticket", meter=meter)
    version = PriceVersion.objects.create(
        price=price, name="Tickets", unit_price=Decimal(1),
        terms_keys={
            "outcome": {
                "success_event": "ticket_resolved", "reversal_event": ["ticket_reopened"],
                "correlation_property": "ticket_id", "window_hours": 72,
            }
        },
    )  # fmt: skip
    publish_price_version(version=version, now=make.NOW)
    plan = Plan.objects.create(legal_entity=make.northwind(), code="support", name="Support")
    PlanPrice.objects.create(plan=plan, price=price)
    make.contract(acme, plan=plan)
    acme.subjects.create(kind="agent", identifier="agent-7", held_from=make.NOVEMBER_1)
    body = {
        "customer_id": "agent-7", "event_name": "ticket_resolved", "idempotency_key": "T1",
        "occurred_at": "2024-11-05T10:00:00Z", "properties": {"ticket_id": "T1"},
    }  # fmt: skip
    (outcome,) = make.accepted(make.source(make.partner(acme)), [body])
    assert outcome.status == "accepted"
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    return Event.objects.get()


def billed(client: Client, event: Event) -> str:
    page = reverse("admin:usage_event_change", args=[quote(event.public_id)])
    answer = client.get(page)
    assert answer.status_code == 200
    (row,) = answer.context["table"].rows
    return str(row[7].detail)


def test_how_it_was_judged_costs_few_queries(staff_client: Client, resolved: Event) -> None:
    with CaptureQueriesContext(connection) as captured:
        detail = billed(staff_client, resolved)

    assert detail.split("; ")[1:] == [JUDGED]
    assert len(captured) <= 15, [q["sql"][:150] for q in captured]


@pytest.mark.parametrize("events", [None, 2_001])
def test_a_line_of_very_many_or_untold_many_is_not_rated_again(
    staff_client: Client, resolved: Event, events: int | None
) -> None:
    InvoiceLine.objects.update(events=events)

    with CaptureQueriesContext(connection) as captured:
        detail = billed(staff_client, resolved)

    assert "judged" not in detail
    assert len(captured) <= 15


@pytest.mark.usefixtures("committed")
def test_a_line_with_usage_in_a_file_is_named_without_it(
    staff_client: Client, resolved: Event
) -> None:
    start, end = month_bounds(2024, 11)
    UsageArchive.objects.create(
        month=date(2024, 11, 1), part=1, state="archived", starts_at=start, ends_at=end,
        stored_as="x", sha256="x", begun_at=make.NOW, archived_at=make.NOW,
    )  # fmt: skip
    with connection.cursor() as cursor:
        # An hour as it is rolled up, and no record of that time: what is archived looks like this.
        cursor.execute(
            """
            INSERT INTO usage_hour (customer_id, meter_id, hour, dimensions_id, quantity, events)
            SELECT customer_id, meter_id, usage_hour_of(occurred_at), dimensions_id, 2, 2
            FROM usage_record
            """
        )

    detail = billed(staff_client, resolved)

    assert detail == "Tickets: 1 ticket, 1.00 USD for this event"
