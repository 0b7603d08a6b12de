"""An outcome that is taken back in time is not billed: from the sent events to the invoice."""

from decimal import Decimal

import pytest

from accounts.models import Customer
from catalog.models import Plan, PlanPrice, Price, PriceVersion
from catalog.operations.publish_price_version import publish_price_version
from invoicing.models import InvoiceLine
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from usage.models import Meter, Source

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme(committed: None) -> Customer:
    """Acme pays a dollar for a ticket that stays resolved for three days."""
    buyer = make.acme()
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
    make.contract(buyer, plan=plan)
    return buyer


def send(sender: Source, name: str, ticket: str, day: int) -> None:
    body = {
        "customer_id": "acme", "event_name": name, "idempotency_key": f"{name}-{ticket}",
        "occurred_at": f"2024-11-{day:02}T10:00:00Z", "properties": {"ticket_id": ticket},
    }  # fmt: skip
    (outcome,) = make.accepted(sender, [body])
    assert outcome.status == "accepted"


def test_a_ticket_that_is_reopened_in_time_is_not_billed(acme: Customer) -> None:
    sender = make.source(make.partner(acme))
    send(sender, "ticket_resolved", "T1", 5)
    send(sender, "ticket_resolved", "T2", 6)
    send(sender, "ticket_reopened", "T2", 7)
    send(sender, "ticket_resolved", "T3", 6)
    send(sender, "ticket_reopened", "T3", 15)

    refresh_customer(customer_id=acme.pk, now=make.NOW)

    lines = InvoiceLine.objects.filter(invoice__customer=acme).order_by("amount")
    assert [(line.quantity, line.amount.amount) for line in lines] == [
        (Decimal(-1), Decimal(-1)),
        (Decimal(2), Decimal(2)),
    ]
