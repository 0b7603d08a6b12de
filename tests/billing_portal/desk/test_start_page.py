"""The start page of the admin: what needs somebody, and the month so far."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Customer, Message, Partner, User
from billing_portal.models import TaskFailure
from invoicing.models import (
    CreditWarning,
    Invoice,
    InvoiceEmail,
    InvoiceLine,
    InvoiceState,
    Question,
)
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from usage.models import DimensionSet, RatingVerdict, UsageAlarm, Verdict
from usage.operations.replay_quarantined import replay_quarantined
from values.identifiers import uuid7

INDEX = reverse("admin:index")
NOW = datetime.now(UTC)


def rows_of(page: Any) -> dict[str, tuple[int, str]]:
    """Return each row's count and address by its label."""
    groups = page.context["need_groups"]
    return {row.label: (row.count, row.address) for group in groups for row in group.rows}


def signed_in(*codenames: str) -> Client:
    user = User.objects.create_user("kim@northwind.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def invoice_of(buyer: Customer, **fields: Any) -> Invoice:
    """Return an invoice of a new contract, for the month that runs now, unless told otherwise."""
    held = buyer.contracts.first() or make.contract(buyer, activated=False)
    wanted = {
        "period_start": NOW - timedelta(hours=1),
        "period_end": NOW + timedelta(days=1),
        "closes_at": NOW + timedelta(days=2),
        "currency": "USD",
        **fields,
    }
    return Invoice.objects.create(
        customer=buyer,
        contract=held,
        legal_entity=buyer.legal_entity,
        brand=buyer.brand,
        **wanted,
    )


def line_of(invoice: Invoice, amount: str, *, metered: bool, section: str = "") -> InvoiceLine:
    return InvoiceLine.objects.create(
        uid=uuid7(), invoice=invoice, position=invoice.lines.count(),
        section=section or ("usage" if metered else "platform"),
        price="ai-call", description="Calls", meter=make.ai_call_meter() if metered else None,
        quantity=Decimal(1), exact_amount=Decimal(amount), currency=invoice.currency,
        amount=Decimal(amount), period_start=invoice.period_start, period_end=invoice.period_end,
    )  # fmt: skip


def _quarantined(**fields: Any) -> None:
    make.accepted(make.source(make.partner(name=str(uuid7()))), [make.call_body("k", **fields)])


def _unknown_event_name() -> None:
    buyer = make.acme()
    sender = make.source(make.partner(buyer))
    make.accepted(sender, [{**make.call_body("k"), "event_name": "nobody_counts_this"}])


def _unknown_action() -> None:
    meter = make.ai_call_meter()
    meter.action_property, meter.credit_units = "call_outcome", [{"units": {"other": "1"}}]
    meter.save()
    make.accepted(make.source(make.partner(make.acme())), [make.call_body("k")])


def _unreadable() -> None:
    buyer = make.acme()
    make.ai_call_meter()
    body = make.call_body("k", minutes="three", customer_id="+15550100")
    (sent,) = make.accepted(make.source(make.partner(buyer)), [body])
    buyer.subjects.create(kind="number", identifier="+15550100", held_from=make.NOVEMBER_1)
    assert sent.key
    replay_quarantined(key=sent.key, now=make.NOW)


def _verdict(verdict: str) -> None:
    meter = make.ai_call_meter()
    RatingVerdict.objects.create(
        customer=make.basil(), meter=meter, verdict=verdict, quantity=1, events=1,
        dimensions=DimensionSet.objects.create(meter=meter, values={}, digest=b"1"),
        starts_at=NOW, ends_at=NOW + timedelta(days=1), decided_at=NOW, usage_snapshot="1:1:",
    )  # fmt: skip


def _email(**fields: Any) -> None:
    InvoiceEmail.objects.create(
        invoice=invoice_of(make.basil()), to="a@b.example", subject="Invoice", text="", html="",
        queued_at=NOW, **fields,
    )  # fmt: skip


def _message() -> None:
    buyer = make.basil()
    Message.objects.create(
        kind="invitation", key="k", brand=buyer.brand, customer=buyer, to="a@b.example",
        subject="Welcome", text="", html="", queued_at=NOW, attempts=3, last_error="refused",
    )  # fmt: skip


def _question() -> None:
    buyer = make.basil()
    Question.objects.create(
        invoice=invoice_of(buyer), text="Why?", asked_by=make.member(buyer), asked_at=NOW
    )


def _expiring() -> None:
    make.grant(make.basil(), expires_at=NOW + timedelta(days=20))
    make.grant(make.carla(), expires_at=NOW + timedelta(days=40))


def _low() -> None:
    grant = make.grant(make.basil())
    CreditWarning.objects.create(
        customer=grant.customer, newest_grant=grant, currency="USD", left=Decimal(1),
        warned_at=datetime.now(UTC),
    )  # fmt: skip


def _failed_task() -> None:
    TaskFailure.objects.create(task="t", error="E", first_at=NOW, last_at=NOW)
    TaskFailure.objects.create(task="t", error="E", first_at=NOW, last_at=NOW, settled_at=NOW)


def _alarm() -> None:
    for closed_at in (None, NOW):
        UsageAlarm.objects.create(
            source=make.source(Partner.objects.first() or make.partner()), kind="source_silent",
            found=120, usual=30, since=NOW, opened_at=NOW, closed_at=closed_at,
        )  # fmt: skip


NEEDS: dict[str, Callable[[], object]] = {
    "Sources that are not as usual": _alarm,
    "Events of unknown customers, in quarantine": lambda: _quarantined(customer_id="nobody"),
    "Events that no meter knows, in quarantine": _unknown_event_name,
    "Actions without credits, in quarantine": _unknown_action,
    "Events that their meter cannot read, in quarantine": _unreadable,
    "Usage without a contract": lambda: _verdict(Verdict.NO_CONTRACT),
    "Usage that no price takes": lambda: _verdict(Verdict.UNPRICED),
    "Usage that no rate matches": lambda: _verdict(Verdict.NO_RATE),
    "Usage that came after its invoice": lambda: _verdict(Verdict.LATE),
    "Usage rated at a fallback": lambda: _verdict(Verdict.FALLBACK),
    "Invoices that cannot be issued": lambda: invoice_of(make.basil(), stopped_error="tax"),
    "Drafts that wait to be issued": lambda: invoice_of(make.basil(), state=InvoiceState.DRAFT),
    "Questions without an answer": _question,
    "Invoices that do not reach their reader": lambda: _email(attempts=2, last_error="refused"),
    "Other e-mails that do not get through": _message,
    "Contracts that end in 60 days": lambda: make.contract(
        make.basil(), end=(NOW + timedelta(days=30)).date()
    ),
    "Credit that expires in 30 days": _expiring,
    "Customers told that credit runs low": _low,
    "Tasks that failed": _failed_task,
}


@pytest.mark.parametrize("label", NEEDS)
def test_each_count_leads_to_exactly_its_rows(staff_client: Client, label: str) -> None:
    NEEDS[label]()

    counts = rows_of(staff_client.get(INDEX))

    assert counts.keys() == NEEDS.keys()
    assert {name for name, (count, _) in counts.items() if count} == {label}
    assert counts[label][0] == 1
    listed = staff_client.get(counts[label][1])
    assert listed.status_code == 200
    assert listed.context["cl"].result_count == 1


def test_what_waits_in_quarantine_leads_to_what_it_lacks(staff_client: Client) -> None:
    _quarantined(customer_id="nobody")

    page = staff_client.get(INDEX)

    address = reverse("admin:usage_quarantinedevent_causes") + "?reason=unknown_customer"
    assert f'href="{address}">What they wait for, and replay' in page.content.decode()
    assert "“nobody”" in staff_client.get(address).content.decode()


def test_nothing_is_said_quietly(staff_client: Client) -> None:
    page = staff_client.get(INDEX)

    assert {count for count, _ in rows_of(page).values()} == {0}
    assert page.content.decode().count("nothing waits") == 4


def test_an_email_that_was_given_up_says_so(staff_client: Client) -> None:
    _email(attempts=20, last_error="refused")

    assert "1 given up" in staff_client.get(INDEX).content.decode()


def test_credit_that_is_used_up_does_not_expire(staff_client: Client) -> None:
    grant = make.grant(make.basil(), amount="5.00", expires_at=NOW + timedelta(days=20))
    invoice = invoice_of(grant.customer)
    invoice.credit_applications.create(grant=grant, position=0, currency="USD", amount=Decimal(5))

    assert rows_of(staff_client.get(INDEX))["Credit that expires in 30 days"][0] == 0


def test_low_credit_is_dealt_with_by_a_new_grant(staff_client: Client) -> None:
    _low()
    make.grant(Customer.objects.get(external_id="basil"), code="top-up")

    assert rows_of(staff_client.get(INDEX))["Customers told that credit runs low"][0] == 0


def test_a_person_sees_counts_of_what_it_may_look_at_alone(db: None) -> None:
    invoice_of(make.basil(), state=InvoiceState.DRAFT)

    page = signed_in("view_invoice").get(INDEX)

    assert list(rows_of(page)) == [
        "Invoices that cannot be issued", "Drafts that wait to be issued",
    ]  # fmt: skip
    assert page.context["revenue"] is not None


def test_money_is_not_for_who_may_not_see_invoices(db: None) -> None:
    page = signed_in("view_quarantinedevent").get(INDEX)

    assert page.context["revenue"] is None
    assert "The month so far" not in page.content.decode()


def test_revenue_of_the_month_is_the_sum_of_lines_by_kind(staff_client: Client) -> None:
    invoice = invoice_of(make.basil())
    line_of(invoice, "100.00", metered=False)
    line_of(invoice, "20.50", metered=True)
    line_of(invoice, "30.00", metered=False, section="one_time")
    line_of(invoice_of(make.carla(), state=InvoiceState.DRAFT), "0.25", metered=True)

    (revenue,) = staff_client.get(INDEX).context["revenue"]

    assert (revenue.currency, revenue.recurring, revenue.usage, revenue.one_time) == (
        "USD", "100.00 USD", "20.75 USD", "30.00 USD",
    )  # fmt: skip
    assert revenue.total == "150.75 USD"
    assert revenue.chart.rows[-1].cells == ("100.00 USD", "20.75 USD", "30.00 USD")


def test_what_is_paid_in_advance_is_of_the_month_that_it_is_for(staff_client: Client) -> None:
    invoice = invoice_of(make.basil())
    fee = line_of(invoice, "100.00", metered=False)
    fee.period_start = NOW + timedelta(days=35)
    fee.save()
    line_of(invoice, "1.00", metered=True)

    (revenue,) = staff_client.get(INDEX).context["revenue"]

    assert (revenue.recurring, revenue.usage) == ("0.00 USD", "1.00 USD")


def test_currencies_are_never_mixed_and_sandboxes_left_out(staff_client: Client) -> None:
    line_of(invoice_of(make.basil()), "1.00", metered=True)
    line_of(invoice_of(make.carla(), currency="EUR"), "2.00", metered=True)
    line_of(invoice_of(make.acme()), "4000.00", metered=True)

    found = staff_client.get(INDEX).context["revenue"]

    assert [(each.currency, each.total) for each in found] == [
        ("EUR", "2.00 EUR"), ("USD", "1.00 USD"),
    ]  # fmt: skip


def test_what_comes_next_month_is_not_of_this_one(staff_client: Client) -> None:
    later = NOW + timedelta(days=35)
    invoice = invoice_of(make.basil(), period_start=later, period_end=later + timedelta(days=9))
    line_of(invoice, "9.00", metered=False)

    assert staff_client.get(INDEX).context["revenue"] == []


def test_sellers_stand_apart(staff_client: Client) -> None:
    other = make.northwind(code="south", name="Southwind Voice", invoice_prefix="SW")
    line_of(invoice_of(make.basil()), "1.00", metered=True)
    buyer = make.customer("dora", "Dora's Deli", legal_entity=other)
    plan = make.ai_call_center()
    buyer.contracts.create(plan=plan, starts_at=NOW)
    line_of(invoice_of(buyer), "2.00", metered=True)

    (revenue,) = staff_client.get(INDEX).context["revenue"]

    assert [(row.seller, row.total) for row in revenue.sellers] == [
        ("Northwind Voice", "1.00 USD"), ("Southwind Voice", "2.00 USD"),
    ]  # fmt: skip


def test_the_start_page_costs_the_same_for_few_and_many(staff_client: Client) -> None:
    buyer = make.basil()
    make.contract(buyer, start=NOW.date().replace(day=1), end=None)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff_client.get(INDEX).status_code == 200
        return len(captured)

    few = queries()
    for number in range(30):
        _quarantined(customer_id=f"nobody-{number}")
        TaskFailure.objects.create(task=f"t{number}", error="E", first_at=NOW, last_at=NOW)
    refresh_customer(customer_id=buyer.pk, now=NOW)

    assert queries() == few
    assert few <= 15


def test_the_start_page_keeps_to_the_content_policy(staff_client: Client) -> None:
    line_of(invoice_of(make.basil()), "1.00", metered=True)

    html = staff_client.get(INDEX).content.decode()

    assert not re.search(r"<style|\sstyle=|\son\w+=", html)
    assert html.count("<h1") == 1
