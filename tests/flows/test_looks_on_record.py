"""Every way to call records leaves one row: who, where, whose, how many."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Customer, Partner, RecordLook
from invoicing.models import InvoiceLine
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.caller import Caller
from tests.partner_portal.people import address, browser_of
from tests.portal.views.invoice_pages import of_line, reader, visitor
from tests.usage.uploads import calls_csv, checked, csv_bytes, mapped
from usage.models import Event, QuarantinedEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Customer:
    """Acme with six calls on an invoice; one more waits for nobody."""
    buyer = make.acme()
    make.acme_contract(buyer)
    source = make.source(make.partner(buyer))
    make.accepted(source, [*make.six_bodies(), make.call_body("lost", customer_id="nobody")])
    refresh_customer(customer_id=buyer.pk, now=make.NOW)
    return buyer


@pytest.fixture
def callwave(acme: Customer) -> Partner:
    return acme.partners.get()


@pytest.fixture
def line(acme: Customer) -> InvoiceLine:
    lines = InvoiceLine.objects.select_related("invoice__customer")
    return lines.filter(invoice__customer=acme, events__gt=1).order_by("-events")[0]


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make.staff())
    return client


def told() -> tuple[str, str, int | None]:
    """Return as whom, where and at how many records the only look was."""
    look = RecordLook.objects.get()
    return look.looked_as, look.page, look.rows


def event_page() -> str:
    return reverse("admin:usage_event_change", args=[Event.objects.all()[0].public_id])


def test_the_page_of_an_event(acme: Customer, staff: Client) -> None:
    staff.get(event_page())

    assert told() == ("staff", "admin:usage_event_change", 1)
    assert RecordLook.objects.get().customer == acme


def test_the_event_browser(acme: Customer, staff: Client) -> None:
    staff.get(reverse("admin:usage_event_changelist") + "?customer=acme")

    look = RecordLook.objects.get()
    assert told() == ("staff", "admin:usage_event_changelist", 6)
    assert (look.customer, look.asked) == (acme, "customer=acme")


def test_a_search_that_finds_nothing_shows_nothing(acme: Customer, staff: Client) -> None:
    staff.get(reverse("admin:usage_event_changelist") + "?customer=acme&start=2031-01-01")

    assert not RecordLook.objects.exists()


def test_an_event_in_quarantine(callwave: Partner, staff: Client) -> None:
    waiting = QuarantinedEvent.objects.get()
    staff.get(reverse("admin:usage_quarantinedevent_change", args=[waiting.pk]))

    assert told() == ("staff", "admin:usage_quarantinedevent_change", 1)
    assert RecordLook.objects.get().partner == callwave


def test_the_first_rows_of_a_file_and_its_errors(callwave: Partner, staff: Client) -> None:
    source = callwave.sources.get()
    file = mapped(source, calls_csv(3))
    staff.get(reverse("admin:usage_usagefile_mapping", args=[file.pk]))
    assert told() == ("staff", "admin:usage_usagefile_mapping", 3)
    bad = mapped(source, csv_bytes([("acme", "c", "never", "US", "resolved", "5")]), name="b.csv")
    checked(bad)

    answer: Any = staff.get(reverse("admin:usage_usagefile_errors", args=[bad.pk]))

    assert b"".join(answer)
    look = RecordLook.objects.order_by("-pk")[0]
    assert (look.page, look.rows) == ("admin:usage_usagefile_errors", 1)


def test_the_events_behind_a_line(line: InvoiceLine) -> None:
    reader(line.invoice.customer).get(of_line("line_events", line))

    look = RecordLook.objects.get()
    assert told() == ("customer", "portal:line_events", line.events)
    assert look.asked == f"{line.invoice.public_id}; {line.public_id}"


def test_the_events_behind_a_line_as_csv(line: InvoiceLine) -> None:
    answer: Any = reader(line.invoice.customer).get(of_line("line_events_csv", line))
    assert told()[2] is None

    b"".join(answer)

    assert told() == ("customer", "portal:line_events_csv", line.events)


def test_staff_on_a_visit_look_as_staff(line: InvoiceLine) -> None:
    visitor(line.invoice.customer, "view_event").get(of_line("line_events", line))

    assert told() == ("staff", "portal:line_events", line.events)


def test_a_partners_list_of_events_and_the_page_of_one(callwave: Partner) -> None:
    client = browser_of(callwave)
    client.get(address("events", callwave) + "?first=2024-11-01")
    client.get(address("event", callwave, Event.objects.all()[0].public_id))

    looks = RecordLook.objects.order_by("pk").values_list("looked_as", "page", "rows", "partner")
    assert list(looks) == [
        ("partner", "partner:events", 7, callwave.pk),
        ("partner", "partner:event", 1, callwave.pk),
    ]


def test_what_a_key_reads(callwave: Partner, line: InvoiceLine) -> None:
    key, text = make.api_key(callwave)
    caller = Caller(text)
    invoice, event = line.invoice.public_id, Event.objects.all()[0].public_id
    caller.get("/events?limit=5")
    caller.get(f"/events/{event}")
    caller.get(f"/invoices/{invoice}/lines/{line.public_id}/events")

    looks = RecordLook.objects.order_by("pk")
    assert {look.api_key for look in looks} == {key}
    assert [(look.page, look.rows) for look in looks] == [
        ("GET /api/v1/events", 5),
        ("GET /api/v1/events/<str:event>", 1),
        ("GET /api/v1/invoices/<str:invoice>/lines/<str:line>/events", line.events),
    ]


def test_what_one_sends_is_no_look(callwave: Partner) -> None:
    caller = Caller(make.api_key(callwave)[1])

    answer = caller.post("/events", make.call_body("again"))

    assert answer.status_code == 201, json.dumps(answer.json())
    assert not RecordLook.objects.exists()


def test_looks_are_read_by_who_may(callwave: Partner, acme: Customer, staff: Client) -> None:
    staff.get(event_page())

    shown = staff.get(reverse("admin:accounts_recordlook_changelist")).content.decode()

    assert "page of an event" in shown
    assert "sam@northwind.example" in shown
