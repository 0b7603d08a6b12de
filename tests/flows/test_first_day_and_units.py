"""A contract from its first day on: what is due then, what follows, and credit in units."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.columns import exact
from accounts.models import Customer, Message
from invoicing.models import (
    CreditApplication,
    CreditWarning,
    GrantEntry,
    Invoice,
    InvoiceKind,
    InvoiceState,
)
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.close_invoice import close_invoice
from invoicing.operations.refresh_customer import refresh_customer
from invoicing.operations.warn_low_credit import warn_low_credit
from invoicing.queries.invariants import INVARIANTS, contradictions
from tests.flows.billed_book import billed_to, stored_book
from tests.flows.units_book import units_book
from tests.portal.views.invoice_pages import of_customer, of_invoice, reader, table

pytestmark = pytest.mark.django_db

OCTOBER_20 = datetime(2024, 10, 20, 12, tzinfo=UTC)
NOVEMBER_2 = datetime(2024, 11, 2, 12, tzinfo=UTC)
NOVEMBER_15 = datetime(2024, 11, 15, 12, tzinfo=UTC)
DECEMBER_2 = datetime(2024, 12, 2, 12, tzinfo=UTC)
JANUARY_2 = datetime(2025, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def customer(tmp_path: Path) -> Customer:
    return stored_book(units_book(), tmp_path, now=OCTOBER_20)


def lines(invoice: Invoice) -> list[tuple[str, Decimal]]:
    return [(line.description, exact(line.amount)) for line in invoice.lines.all()]


def opening() -> Invoice:
    return Invoice.objects.get(kind=InvoiceKind.OPENING)


def invoice_from(month: int) -> Invoice:
    return Invoice.objects.get(kind=InvoiceKind.PERIOD, period_start__month=month)


def test_before_the_first_day_nothing_is_issued(customer: Customer) -> None:
    billed = billed_to(customer, now=OCTOBER_20)

    assert (billed.drafted, billed.issued) == (0, ())
    assert opening().state == InvoiceState.UPCOMING
    assert lines(opening()) == [("Base", Decimal(99)), ("Set up", Decimal(250))]


def test_the_first_day_is_billed_by_the_next_run_and_then_each_period(customer: Customer) -> None:
    first = billed_to(customer, now=NOVEMBER_2)

    assert first.issued == (opening().pk,)
    assert opening().issue_date.isoformat() == "2024-11-01"  # type: ignore[union-attr]

    second = billed_to(customer, now=DECEMBER_2)

    november = invoice_from(11)
    assert second.issued == (november.pk,)
    assert lines(november) == [("Minutes", Decimal(8)), ("Base", Decimal(99))]
    assert exact(november.amount_due) == Decimal(99)


def test_a_run_that_was_late_issues_in_the_order_of_time(customer: Customer) -> None:
    billed = billed_to(customer, now=JANUARY_2)

    numbers = Invoice.objects.filter(pk__in=billed.issued).order_by("number")
    assert [(each.kind, each.period_start.month) for each in numbers] == [
        ("opening", 11), ("period", 11), ("period", 12),
    ]  # fmt: skip
    assert [contradictions(invariant) for invariant in INVARIANTS] == [[]] * len(INVARIANTS)


def test_a_run_that_was_killed_between_two_steps_goes_on_and_repeats_nothing(
    customer: Customer,
) -> None:
    close_invoice(invoice_id=opening().pk, now=NOVEMBER_2)

    billed = bill_customer(customer_id=customer.pk, as_of=NOVEMBER_2)
    again = bill_customer(customer_id=customer.pk, as_of=NOVEMBER_2)

    assert (billed.drafted, billed.issued) == (0, (opening().pk,))
    assert (again.drafted, again.issued) == (0, ())
    assert opening().number.endswith("000001")  # type: ignore[union-attr]


def test_usage_after_the_opening_invoice_is_not_late(customer: Customer) -> None:
    billed_to(customer, now=NOVEMBER_15)

    refresh_customer(customer_id=customer.pk, now=NOVEMBER_15)

    november = invoice_from(11)
    assert lines(november) == [("Minutes", Decimal(8)), ("Base", Decimal(99))]


def test_units_pay_minutes_and_each_period_has_its_own(customer: Customer) -> None:
    billed_to(customer, now=JANUARY_2)

    applied = CreditApplication.objects.filter(invoice__state=InvoiceState.ISSUED)
    assert [(each.quantity, exact(each.amount)) for each in applied.order_by("pk")] == [
        (Decimal(80), Decimal(8)),
        (Decimal(100), Decimal(10)),
    ]
    drawn = GrantEntry.objects.filter(kind="drawn").order_by("pk")
    assert [(each.size, exact(each.amount)) for each in drawn] == [
        (Decimal(-80), Decimal(0)),
        (Decimal(-100), Decimal(0)),
    ]


def _page(customer: Customer, name: str) -> str:
    return reader(customer).get(of_customer(name, customer)).content.decode()


def test_the_customer_reads_units_as_units(customer: Customer) -> None:
    billed_to(customer, now=NOVEMBER_15)
    client = reader(customer)

    page = client.get(of_customer("credits", customer))
    (outlook,) = page.context["outlooks"]
    november = client.get(of_invoice("invoice", invoice_from(11))).content.decode()

    # The page goes by the real clock, by which all lots are over; what was granted stands there.
    assert outlook.counted_in == "minute"
    assert "100 minutes" in page.content.decode()
    assert "80 minutes pay $8.00" in november
    assert "20 minutes" in november


def test_the_ledger_never_adds_units_to_money(customer: Customer) -> None:
    billed_to(customer, now=DECEMBER_2)

    rows = table(reader(customer).get(of_customer("credits_csv", customer)))

    head, *entries = rows
    assert head[4:8] == ["currency", "unit", "amount", "balance"]
    assert {tuple(row[4:6]) for row in entries} == {("", "minute")}
    assert entries[-1][6] in {"100", "-80"}


def test_the_first_day_is_named_as_such(customer: Customer) -> None:
    billed_to(customer, now=NOVEMBER_2)

    shown = _page(customer, "invoices")

    assert "Nov 1, 2024, first day" in shown
    page = reader(customer).get(of_invoice("invoice", opening())).content.decode()
    assert "First day of the contract" in page
    assert "Nov 1 \N{EN DASH} Nov 30, 2024" in page


def test_low_units_are_told_in_units(customer: Customer) -> None:
    customer.credit_low_percent = 50
    customer.email = "bills@acme.example"
    customer.save()
    refresh_customer(customer_id=customer.pk, now=NOVEMBER_15)

    warn_low_credit(customer_id=customer.pk, now=NOVEMBER_15)

    (warning,) = CreditWarning.objects.all()
    assert (warning.unit, warning.left_size) == ("minute", Decimal(20))
    (message,) = Message.objects.filter(kind="credit_low")
    assert "20 minutes left" in message.subject


def test_staff_read_units_as_units(customer: Customer, staff_client: Client) -> None:
    billed_to(customer, now=NOVEMBER_15)

    hub = staff_client.get(reverse("admin:accounts_customer_change", args=[customer.pk]))
    invoice = staff_client.get(
        reverse("admin:invoicing_invoice_change", args=[invoice_from(11).pk])
    )

    assert "100 minutes" in hub.content.decode()
    assert "80 minutes" in invoice.content.decode()
