"""The page of an event: how it came, whose it is, what touched it, what bills it."""

from datetime import timedelta

import pytest
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import Customer, User
from contracts.models import Contract
from invoicing.models import Invoice
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.usage.uploads import calls_csv, uploaded
from usage.intake.sent_event import read_event
from usage.models import Channel, Event, QuarantinedEvent, RunKind, Source
from usage.operations.accept_events import accept_events
from usage.operations.backfills.close_backfill import close_next, start_closing
from usage.operations.backfills.open_backfill import open_backfill
from usage.operations.backfills.stage_events import stage_events
from usage.operations.move_subject import changed_spans, held, start_moves
from usage.operations.replay_quarantined import replay_quarantined
from values.period import Period

NUMBER = "+15550100"
LATER = make.NOW + timedelta(minutes=1)


@pytest.fixture
def acme(db: None) -> Customer:
    """Acme on its contract, with a number and a partner."""
    acme = make.acme()
    make.acme_contract(acme)
    acme.subjects.create(kind="number", identifier=NUMBER, held_from=make.NOVEMBER_1)
    make.source(make.partner(acme))
    return acme


def page_of(event: Event) -> str:
    return reverse("admin:usage_event_change", args=[quote(event.public_id)])


def facts(client: Client, event: Event) -> dict[str, str]:
    shown = client.get(page_of(event)).context["facts"]
    return {label: " ".join(strip_tags(str(value)).split()) for label, value in shown}


def only_event(**lookup: object) -> Event:
    return Event.objects.get(**lookup)


@pytest.mark.usefixtures("acme")
def test_it_says_with_what_it_came(clerk_client: Client) -> None:
    make.accepted(Source.objects.get(), make.six_bodies())

    told = facts(clerk_client, only_event(idempotency_key="call-5"))

    assert told["Came by"] == "API, with 5 more at once"
    assert told["Attributed by"] == "its external id “acme”"


@pytest.mark.usefixtures("acme")
def test_it_names_the_file_that_was_imported_then(clerk_client: Client) -> None:
    file = uploaded(Source.objects.get(), calls_csv(1))
    file.runs.create(kind=RunKind.IMPORT, started_at=make.NOW - timedelta(minutes=1))
    event = read_event(make.call_body("one"))
    accept_events(source=file.source, items=[event], now=make.NOW, channel=Channel.FILE)

    told = facts(clerk_client, only_event())

    assert told["Came by"] == f"file: {file.name}, by itself"


def test_it_names_the_subject_and_when_it_was_held(clerk_client: Client, acme: Customer) -> None:
    make.accepted(Source.objects.get(), [make.call_body("one", customer_id=NUMBER)])

    told = facts(clerk_client, only_event())

    assert told["Attributed by"] == f"number {NUMBER}, held from Nov 1, 2024"


@pytest.mark.usefixtures("acme")
def test_it_says_that_it_waited(clerk_client: Client, acme: Customer) -> None:
    make.accepted(Source.objects.get(), [make.call_body("one", customer_id="agent-7")])
    acme.subjects.create(kind="agent", identifier="agent-7", held_from=make.NOVEMBER_1)
    replay_quarantined(key=QuarantinedEvent.objects.get().key, now=LATER)

    told = facts(clerk_client, only_event())

    assert told["Was in quarantine"] == (
        "from Nov 21, 2026 12:00 UTC to Nov 21, 2026 12:01 UTC: unknown customer or subject"
    )
    assert told["Came by"] == "API, by itself"


@pytest.mark.usefixtures("acme")
def test_it_names_the_backfills_that_brought_it_or_made_it_void(clerk_client: Client) -> None:
    sender = Source.objects.get()
    make.accepted(sender, [make.call_body("wrong")])
    backfill = open_backfill(
        source=sender, customer=None, span=Period(make.NOVEMBER_1, make.NOVEMBER_20),
        event_name="", replaces_existing=True, reason="a lost log", now=make.NOW,
    )  # fmt: skip
    items = [read_event(make.call_body("right"))]
    stage_events(backfill_id=backfill.pk, items=items, now=make.NOW)
    start_closing(backfill_id=backfill.pk, now=LATER)
    while close_next(backfill_id=backfill.pk, now=LATER):
        pass

    brought = facts(clerk_client, only_event(idempotency_key="right"))
    voided = facts(clerk_client, only_event(idempotency_key="wrong"))

    assert brought["Backfill"] == f"{backfill.public_id} brought it: a lost log"
    assert brought["Came by"] == "backfill, by itself"
    assert voided["Backfill"] == f"{backfill.public_id} made it void: a lost log"


def test_it_names_the_move_of_its_subject(clerk_client: Client, acme: Customer) -> None:
    basil = make.basil(is_sandbox=True)
    sender = Source.objects.get()
    sender.partner.customers.add(basil)
    make.accepted(sender, [make.call_body("one", customer_id=NUMBER)])
    subject = acme.subjects.get()
    before = held(subject)
    subject.customer = basil
    subject.save()
    start_moves(
        spans=changed_spans(before=before, after=held(subject)), requested_by=None, now=LATER
    )

    left = facts(clerk_client, only_event(customer=acme))
    moved = facts(clerk_client, only_event(customer=basil))

    move = f"{NUMBER}, Nov 21, 2026 12:01 UTC"
    assert (left["Move of its subject"], moved["Move of its subject"]) == (move, move)
    assert left["Attributed by"] == (
        f"a subject that it does not hold for that time any more “{NUMBER}”"
    )


def test_price_version_contract_line_and_invoice_are_named(
    staff_client: Client, acme: Customer
) -> None:
    make.accepted(Source.objects.get(), make.six_bodies())
    refresh_customer(customer_id=acme.pk, now=make.NOW)

    (row,) = staff_client.get(page_of(only_event(idempotency_key="call-1"))).context["table"].rows
    price, billed = row[5], row[7]

    contract, invoice = (
        Contract.objects.get(),
        Invoice.objects.get(lines__isnull=False, lines__position=1),
    )
    assert (price.text, price.link) == (
        "ai-call", reverse("admin:catalog_price_change", args=[contract.plan.items.get().price_id]),
    )  # fmt: skip
    assert price.detail.endswith(f"contract on {contract.plan}, {contract.public_id}")
    assert billed.text.startswith("upcoming invoice, line ")
    assert billed.detail == "AI Calls - US / resolved: 13 minutes, 2.60 USD for 2 events"
    assert quote(invoice.public_id) in billed.link


def test_who_may_not_see_invoices_reads_that_it_is_billed(client: Client, acme: Customer) -> None:
    make.accepted(Source.objects.get(), make.six_bodies())
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    client.force_login(_who_may("view_event"))

    (row,) = client.get(page_of(only_event(idempotency_key="call-1"))).context["table"].rows

    assert (row[5].link, row[5].detail, row[7].text, row[7].link) == (
        "", "version from Nov 1, 2024", "billed", "",
    )  # fmt: skip


def test_the_page_costs_few_queries(staff_client: Client, acme: Customer) -> None:
    make.accepted(Source.objects.get(), [make.call_body("one", customer_id=NUMBER)])
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    event = only_event()

    with CaptureQueriesContext(connection) as captured:
        staff_client.get(page_of(event))

    assert len(captured) <= 15, [q["sql"][:150] for q in captured]


def _who_may(right: str) -> User:
    someone = make.person("pia@northwind.example", is_staff=True)
    someone.user_permissions.set(Permission.objects.filter(codename=right))
    return someone
