"""What a customer used, and what it cost."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.columns import exact
from accounts.models import Customer
from portal.queries.usage import UsageSearch, usage_of
from tests import factories as make
from tests.invoicing.agreements import (
    billed,
    call,
    dollar_a_minute,
    first_invoice,
    refreshed,
    sender_of,
)
from tests.many import many_events, many_invoices
from usage.models import Meter
from values.calendar import local_midnight
from values.period import Period

pytestmark = pytest.mark.django_db


def acme_of_the_worked_example() -> Customer:
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    refreshed(acme)
    return acme


def client_of(customer: Customer) -> Client:
    client = Client()
    client.force_login(
        make.member(customer, f"r{customer.memberships.count()}@{customer.external_id}.example")
    )
    return client


def asked(customer: Customer, route: str = "portal:usage", **query: str) -> tuple[int, str]:
    client = client_of(customer)
    answer = client.get(reverse(route, args=[customer.public_id]), query)
    content = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, content.decode()


def rows_of(customer: Customer, **query: str) -> list[list[str]]:
    status, text = asked(customer, "portal:usage_csv", **query)
    assert status == 200
    return list(csv.reader(io.StringIO(text)))


def test_the_running_period_costs_what_its_invoice_says() -> None:
    acme = acme_of_the_worked_example()

    status, page = asked(acme)

    assert status == 200
    assert '<p class="stat-value">50 minutes</p>' in page
    assert '<p class="stat-value">$21.35</p>' in page
    assert "The cost is that of the lines of the upcoming invoice." in page
    row = '<th scope="row">EU</th><td data-label="Quantity" class="number">21 minutes</td>'
    assert row in page


def test_another_property_can_stand_apart_or_none() -> None:
    acme = acme_of_the_worked_example()

    assert '<th scope="row">transferred</th>' in asked(acme, by="call_outcome")[1]
    assert '<th scope="row">AI Calls</th>' in asked(acme, by="")[1]


def test_a_range_that_cuts_an_invoice_costs_its_days() -> None:
    acme = acme_of_the_worked_example()

    page = asked(acme, range="dates", first="2024-11-05", last="2024-11-06")[1]

    assert '<p class="stat-value">13 minutes</p>' in page
    assert '<p class="stat-value">$2.60</p>' in page
    assert "is spread over its days by quantity" in page


def test_cut_ranges_add_up_to_the_whole() -> None:
    acme = acme_of_the_worked_example()
    invoice = first_invoice(acme)
    parts = Period(invoice.period_start, invoice.period_end).split(
        [local_midnight(date(2024, 11, day), acme.timezone) for day in (7, 9, 10)]
    )

    costs = [
        usage_of(
            customer=acme,
            search=UsageSearch(make.ai_call_meter().pk, part, "region"),
        ).total.costs.get("USD", Decimal(0))
        for part in parts
    ]

    assert costs == [Decimal("2.60"), Decimal("6.30"), Decimal("11.25"), Decimal("1.20")]
    assert sum(costs) == exact(invoice.subtotal)


def test_an_issued_invoice_keeps_its_numbers_when_usage_comes_late(committed: None) -> None:
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))
    sender = sender_of(basil)
    call(sender, "call", at="2024-11-05T12:00:00Z", minutes=7)
    billed(basil)
    call(sender, "late", at="2024-11-06T12:00:00Z", minutes=100)

    of_period = asked(basil, range="last")[1]
    of_dates = asked(basil, range="dates", first="2024-11-05", last="2024-11-06")[1]

    assert '<p class="stat-value">7 minutes</p>' in of_period
    assert '<p class="stat-value">$7.00</p>' in of_period
    assert '<p class="stat-value">107 minutes</p>' in of_dates


def test_nothing_in_a_time_names_the_latest_event() -> None:
    acme = acme_of_the_worked_example()

    page = asked(acme, range="dates", first="2024-10-01", last="2024-10-02")[1]

    assert "No AI Calls from Oct 1 – Oct 2, 2024." in page
    assert "The latest event happened Nov 10, 2024 10:00 EST." in page


def test_a_customer_without_usage_reads_what_comes_next() -> None:
    assert "No usage yet" in asked(make.basil())[1]
    assert "No usage yet" in asked(make.carla(), "portal:usage_csv")[1]


@pytest.mark.parametrize(
    "query, said",
    [
        ({"range": "dates"}, "Choose a day."),
        ({"range": "dates", "first": "2024-11-02", "last": "2024-11-01"}, "lies before the first"),
        ({"range": "dates", "first": "2023-01-01", "last": "2024-11-01"}, "at most 400 days"),
        ({"range": "dates", "first": "0001-01-01", "last": "0001-01-02"}, "between 2000 and 2099"),
        ({"range": "dates", "first": "9999-12-31", "last": "9999-12-31"}, "between 2000 and 2099"),
        ({"range": "dates", "first": "\x00", "last": "x"}, "Enter a valid date."),
        ({"range": "last"}, "There is no such period"),
        ({"range": "\x00"}, "Select a valid choice"),
        ({"by": "region'; DROP TABLE"}, "Select a valid choice"),
        ({"meter": "9" * 5000}, "Select a valid choice"),
    ],
)
def test_nonsense_is_told_what_is_wrong_with_it(query: dict[str, str], said: str) -> None:
    acme = acme_of_the_worked_example()

    for route in ("portal:usage", "portal:usage_csv"):
        status, page = asked(acme, route, **query)

        assert status == 400
        assert said in page
        assert "error-summary" in page


def test_the_csv_has_a_row_for_each_day_and_value_with_its_cost() -> None:
    acme = acme_of_the_worked_example()

    rows = rows_of(acme)

    assert rows == [
        ["day", "meter", "region", "quantity", "unit", "events", "cost USD"],
        ["2024-11-05", "AI_CALL", "US", "5", "minute", "1", "1"],
        ["2024-11-06", "AI_CALL", "US", "8", "minute", "1", "1.6"],
        ["2024-11-07", "AI_CALL", "US", "12", "minute", "1", "4.8"],
        ["2024-11-08", "AI_CALL", "EU", "6", "minute", "1", "1.5"],
        ["2024-11-09", "AI_CALL", "EU", "15", "minute", "1", "11.25"],
        ["2024-11-10", "AI_CALL", "APAC", "4", "minute", "1", "1.2"],
    ]
    assert sum(Decimal(row[-1]) for row in rows[1:]) == Decimal("21.35")


def test_a_value_that_looks_like_a_formula_is_only_text() -> None:
    acme = make.acme()
    make.ai_call_meter()
    make.accepted(
        make.source(make.partner(acme)), [make.call_body("evil", region='=HYPERLINK("x")')]
    )

    rows = rows_of(acme, range="dates", first="2024-11-05", last="2024-11-05")

    assert rows[1][2] == '\'=HYPERLINK("x")'


def test_a_long_time_is_drawn_by_week_and_by_month() -> None:
    acme = acme_of_the_worked_example()

    by_week = asked(acme, range="dates", first="2024-09-01", last="2024-11-30")[1]
    by_month = asked(acme, range="dates", first="2024-01-01", last="2024-11-30")[1]

    assert "AI Calls by week" in by_week
    assert "Nov 4 – Nov 10, 2024: 50 minutes" in by_week
    assert "AI Calls by month" in by_month
    assert "Nov 2024: 50 minutes" in by_month


def test_many_values_are_six_series_and_add_up() -> None:
    acme = make.acme()
    make.ai_call_meter()
    make.accepted(
        make.source(make.partner(acme)),
        [make.call_body(f"call-{n}", region=f"R{n}", minutes=n) for n in range(1, 61)],
    )

    page = asked(acme, range="dates", first="2024-11-05", last="2024-11-05")[1]

    assert page.count('<svg class="chart-key"') == 6
    assert '<p class="stat-value">1,830 minutes</p>' in page
    assert page.count('<th scope="row">R') == 50
    assert '<th scope="row">Other</th>' in page


def test_an_empty_range_is_the_running_period() -> None:
    acme = acme_of_the_worked_example()

    assert rows_of(acme, range="") == rows_of(acme, range="this")


def queries(customer: Customer, **query: str) -> int:
    client = client_of(customer)
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("portal:usage", args=[customer.public_id]), query)
    return len(captured)


def test_many_invoices_and_events_take_the_queries_of_few() -> None:
    # Invoices of UTC days, cut at both ends of a range of days in Chicago.
    some = make.basil(timezone="America/Chicago")
    many = make.carla(timezone="America/Chicago")
    meter = make.ai_call_meter()
    many_invoices(some, 3)
    many_events(some, meter, 10)
    many_invoices(many, 300)
    many_events(many, meter, 2000)
    days = {"range": "dates", "first": "2024-10-29", "last": "2024-11-20"}

    few = queries(some, **days)

    assert queries(many, **days) == few
    assert queries(many, **{**days, "first": "2024-02-01"}) == few
    assert few <= 15


def test_a_second_meter_stands_beside_the_first() -> None:
    acme = acme_of_the_worked_example()
    Meter.objects.create(
        legal_entity=make.northwind(), code="CHAT", display_name="Chats", event_name="chat",
        aggregation="count", group_keys=["channel"], unit="conversation",
    )  # fmt: skip
    body = make.call_body("chat-1", event_name="chat")
    body["properties"] = {"channel": "web"}
    make.accepted(make.source(make.partner(acme, name="Chats")), [body])

    page = asked(acme, meter="CHAT", range="dates", first="2024-11-01", last="2024-11-30")[1]

    assert 'aria-current="page">Chats</a>' in page
    assert '<p class="stat-value">1 conversation</p>' in page
    assert '<th scope="row">web</th>' in page
