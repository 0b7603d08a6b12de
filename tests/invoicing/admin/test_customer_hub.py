"""The page of a customer as the hub of everything that is its."""

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Customer, User
from invoicing.models import Invoice, Question
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.many import many_invoices
from tests.usage.archives import archived, keep_in
from usage.models import Meter


def hub_of(customer: Customer) -> str:
    return reverse("admin:accounts_customer_change", args=[customer.pk])


def figures(page: Any) -> dict[str, tuple[str, ...]]:
    return {figure.label: figure.values for figure in page.context["hub"]["figures"]}


@pytest.fixture
def acme(db: None) -> Customer:
    """Acme with the six calls of the worked example."""
    buyer = make.acme()
    make.acme_contract(buyer)
    make.accepted(make.source(make.partner(buyer)), make.six_bodies())
    refresh_customer(customer_id=buyer.pk, now=make.NOW)
    return buyer


def test_the_facts_stand_on_top(staff_client: Client, acme: Customer) -> None:
    page: Any = staff_client.get(hub_of(acme))

    assert figures(page) == {
        "Open": ("–",),
        "Upcoming so far": ("0.00 USD",),
        "Credit left": ("9,978.65 USD",),
        "Last usage": ("Nov 10, 2024",),
    }


def test_open_money_is_what_issued_invoices_ask_for(staff_client: Client, acme: Customer) -> None:
    held = acme.contracts.get()
    day = make.NOVEMBER_20.date()
    Invoice.objects.create(
        customer=acme, contract=held, legal_entity=acme.legal_entity, brand=acme.brand,
        state="issued", number="X-1", issue_date=day, due_date=day, issued_at=make.NOW,
        period_start=datetime.fromisoformat("2023-01-01T00:00:00Z"),
        period_end=datetime.fromisoformat("2023-02-01T00:00:00Z"), closes_at=make.NOW,
        currency="EUR", total=Decimal("12.50"), amount_due=Decimal("12.50"),
    )  # fmt: skip

    page: Any = staff_client.get(hub_of(acme))

    assert figures(page)["Open"] == ("12.50 EUR",)
    assert page.context["hub"]["figures"][0].note == "1 issued invoice"


def test_usage_of_thirty_days_is_drawn_by_meter(staff_client: Client, acme: Customer) -> None:
    page: Any = staff_client.get(hub_of(acme))

    (chart,) = page.context["hub"]["charts"]
    assert (len(chart.columns), chart.total) == (30, "50 minutes")
    assert {row.name: row.total for row in chart.rows}["Nov 7, 2024"] == "12 minutes"


@pytest.fixture
def archived_acme(committed: None, settings: Settings, tmp_path: Path) -> Customer:
    """Acme with a meter of maxima, whose only call is in a file."""
    keep_in(tmp_path, settings)
    Meter.objects.create(
        legal_entity=make.northwind(), code="SEATS", display_name="Seats", event_name="ai_call",
        aggregation="max", property="duration_minutes", unit="seat",
    )  # fmt: skip
    buyer = make.acme()
    make.accepted(make.source(make.partner(buyer)), [make.call_body("one", minutes=7)])
    archived()
    return buyer


def test_usage_that_needs_archived_events_is_not_drawn_and_the_page_says_so(
    staff_client: Client, archived_acme: Customer
) -> None:
    page: Any = staff_client.get(hub_of(archived_acme))

    assert (page.status_code, page.context["hub"]["charts"]) == (200, [])
    html = page.content.decode()
    assert "Not drawn: events of 2024-11 that it is made of are archived." in html
    assert "<code>manage.py usage_archive restore 2024-11</code>." in html
    assert set(figures(page)) == {"Open", "Upcoming so far", "Credit left"}


def test_a_refused_form_is_shown_beside_usage_that_is_archived(
    staff_client: Client, archived_acme: Customer
) -> None:
    sent = {"name": "", "is_sandbox": "on", "test_clock": archived_acme.test_clock_id}

    page: Any = staff_client.post(hub_of(archived_acme), sent)

    assert (page.status_code, page.context["hub"]["archived"]) == (200, ("2024-11",))
    assert "name" in page.context["adminform"].form.errors


def test_the_list_of_ways_leads_to_every_part(staff_client: Client, acme: Customer) -> None:
    html = staff_client.get(hub_of(acme)).content.decode()
    ways = re.search(r'<nav class="jump".*?</nav>', html, re.DOTALL)
    assert ways is not None

    anchors = re.findall(r'href="#([^"]+)"', ways[0])

    assert anchors == [
        "usage", "part-contracts", "part-upcoming-invoices", "part-latest-invoices",
        "part-wallet", "part-wallet-history", "part-latest-events", "part-questions",
        "part-people", "part-invitations", "part-subjects", "details",
    ]  # fmt: skip
    assert all(html.count(f'id="{anchor}"') == 1 for anchor in anchors)


def test_no_table_stands_twice(staff_client: Client, acme: Customer) -> None:
    captions = re.findall(
        r"<caption>(.*?)</caption>", staff_client.get(hub_of(acme)).content.decode()
    )

    assert len(captions) == len(set(captions)) == 10


def test_what_one_may_not_see_does_not_stand_there(db: None, acme: Customer) -> None:
    user = User.objects.create_user("kim@northwind.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_customer"))
    client = Client()
    client.force_login(user)

    page: Any = client.get(hub_of(acme))

    assert page.context["hub"] == {"figures": [], "charts": [], "archived": ()}
    html = page.content.decode()
    assert [part for part in ("evt_", "USD", "Wallet", "Questions") if part in html] == []


def test_the_page_of_a_new_customer_says_the_next_steps(staff_client: Client) -> None:
    html = staff_client.get(hub_of(make.basil())).content.decode()

    assert "None yet: add one." in html
    assert "No event came yet." in html
    assert "None. People of the customer ask from the lines of their invoices." in html


def test_adding_a_customer_shows_the_form_alone(staff_client: Client) -> None:
    html = staff_client.get(reverse("admin:accounts_customer_add")).content.decode()

    assert 'class="hub"' not in html


def test_the_hub_costs_the_same_for_few_and_many(
    staff_client: Client, clerk_client: Client, acme: Customer
) -> None:
    def queries(client: Client = staff_client) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(hub_of(acme)).status_code == 200
        return len(captured)

    asker = make.member(acme)
    queries()
    few = queries()
    sender = make.source(make.partner(acme, name="Other"))
    bodies = [
        make.call_body(f"more-{n}", occurred_at=f"2024-11-{n % 19 + 1:02}T15:00:00Z")
        for n in range(60)
    ]
    make.accepted(sender, bodies)
    invoice = Invoice.objects.earliest("period_start")
    for number in range(20):
        Question.objects.create(
            invoice=invoice, text=f"{number}?", asked_by=asker, asked_at=make.NOW
        )
        make.grant(acme, code=f"more-{number}", amount="1.00")
        make.member(acme, f"person-{number}@acme.example")
        acme.subjects.create(kind="agent", identifier=f"agent-{number}", held_from=make.NOVEMBER_1)
    refresh_customer(customer_id=acme.pk, now=make.NOW)

    assert (few, queries()) == (15, 15)
    assert queries(clerk_client) == 15


def test_the_latest_invoices_stand_first_and_running_ones_by_time(
    staff_client: Client, acme: Customer
) -> None:
    many_invoices(acme, 14)

    page: Any = staff_client.get(hub_of(acme))

    tables = {table.caption: table for table in page.context["object_tables"]}
    numbers = [row[0].text for row in tables["Latest invoices"].rows]
    running = [row[1].text for row in tables["Upcoming invoices"].rows]
    assert numbers == [f"MANY-acme-{number:06}" for number in range(1, 13)]
    assert running[0] == "Nov 1, 2024 to Nov 30, 2024"
    assert len(running) > 1


def test_the_latest_event_stands_first_with_what_was_counted(
    staff_client: Client, acme: Customer
) -> None:
    page: Any = staff_client.get(hub_of(acme))

    (table,) = (each for each in page.context["object_tables"] if each.caption == "Latest events")
    shown = [[cell.text for cell in row[2:4]] for row in table.rows]
    assert [counted for _, counted in shown] == [
        f"{minutes} minutes" for minutes in (4, 15, 6, 12, 8, 5)
    ]
