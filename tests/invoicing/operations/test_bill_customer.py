"""The worked example, from events to the issued invoice."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from djmoney.money import Money

from accounts.models import Customer
from invoicing.models import Invoice, InvoiceState, JournalEntry
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.refresh_customer import refresh_customer
from invoicing.queries.invariants import INVARIANTS, contradictions
from tests import factories as make

pytestmark = pytest.mark.django_db

DECEMBER_2 = datetime(2024, 12, 2, tzinfo=UTC)


@pytest.fixture
def acme() -> Customer:
    """Acme with its contract and six calls in November."""
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    return acme


def november(acme: Customer) -> Invoice:
    return Invoice.objects.get(customer=acme, period_start=acme.contracts.get().starts_at)


def advance(acme: Customer, instant: datetime) -> None:
    assert acme.test_clock is not None
    acme.test_clock.now_at = instant
    acme.test_clock.save()


def test_the_upcoming_invoice_shows_the_five_lines(acme: Customer) -> None:
    invoice = november(acme)

    lines: list[object] = [
        (line.description, line.quantity, line.amount.amount) for line in invoice.lines.all()
    ]
    assert lines == [
        ("AI Calls - US / resolved", 13, Decimal("2.60")),
        ("AI Calls - US / transferred", 12, Decimal("4.80")),
        ("AI Calls - EU / resolved", 6, Decimal("1.50")),
        ("AI Calls - EU / escalated", 15, Decimal("11.25")),
        ("AI Calls - APAC / resolved", 4, Decimal("1.20")),
    ]
    assert invoice.state == InvoiceState.UPCOMING
    assert invoice.total == Money("21.35", "USD")
    assert invoice.credits_applied == Money("21.35", "USD")
    assert invoice.amount_due == Money("0", "USD")


def test_the_run_issues_the_month_with_its_number_and_dates(acme: Customer) -> None:
    advance(acme, DECEMBER_2)

    billed = bill_customer(customer_id=acme.pk, as_of=make.NOW)

    invoice = november(acme)
    assert billed.issued == (invoice.pk,)
    assert invoice.number == "TEST-INV-2024-000001"
    assert (invoice.issue_date, invoice.due_date) == (date(2024, 12, 1), date(2025, 1, 15))
    assert invoice.grant_entries.get().amount == Money("-21.35", "USD")
    assert all(not contradictions(invariant) for invariant in INVARIANTS)


def test_a_second_run_changes_nothing(acme: Customer) -> None:
    advance(acme, DECEMBER_2)
    bill_customer(customer_id=acme.pk, as_of=make.NOW)
    entries = JournalEntry.objects.count()

    again = bill_customer(customer_id=acme.pk, as_of=make.NOW)

    assert (again.drafted, again.issued, again.stopped) == (0, (), 0)
    assert JournalEntry.objects.count() == entries


def test_a_sandboxs_numbers_leave_no_gap_among_real_ones(acme: Customer) -> None:
    basil = make.basil()
    make.contract(basil)
    live = make.source(make.partner(basil, name="Live"), mode="live")
    make.accepted(live, [make.call_body("call-1", customer_id="basil")])
    advance(acme, DECEMBER_2)

    bill_customer(customer_id=acme.pk, as_of=DECEMBER_2)
    bill_customer(customer_id=basil.pk, as_of=DECEMBER_2)

    numbers = Invoice.objects.exclude(number=None).order_by("number")
    assert list(numbers.values_list("number", flat=True)) == [
        "INV-2024-000001", "TEST-INV-2024-000001",
    ]  # fmt: skip
    assert all(not contradictions(invariant) for invariant in INVARIANTS)
