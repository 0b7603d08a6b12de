"""Archiving a month that was billed, and one that is not: what stays, and what bills say then."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.models import Customer
from catalog.models import Plan, PlanPrice, Price, PriceVersion
from invoicing.operations.archive_usage import TooYoung, archive_usage
from invoicing.queries.archive_needs import archive_needs
from invoicing.queries.invariants import INVARIANTS, contradictions
from tests import factories as make
from tests.invoicing.agreements import (
    billed,
    call,
    dollar_a_minute,
    first_invoice,
    invoices_of,
    refreshed,
    sender_of,
)
from tests.usage.archives import NOVEMBER, keep_in
from usage.models import Event, Meter, RatingVerdict, UsageArchive
from usage.store.archives.needs import AskedHistory
from values.period import Period

pytestmark = pytest.mark.django_db(transaction=True)

WHOLE = Period(make.NOVEMBER_1, make.NOVEMBER_1.replace(month=12))


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where archives lie."""
    return keep_in(tmp_path, settings)


@pytest.fixture
def basil(committed: None) -> Customer:
    """Basil pays a dollar a minute, and is billed for eight minutes of November in New Delhi."""
    basil = make.basil(timezone="Asia/Kolkata")
    make.contract(basil, plan=dollar_a_minute(), end=date(2025, 2, 1))
    call(sender_of(basil), "call-1", at="2024-11-05T10:00:00Z")
    call(sender_of(basil), "call-2", at="2024-11-06T18:45:00Z", minutes=3)
    billed(basil)
    assert first_invoice(basil).total.amount == Decimal(8)
    return basil


def archived() -> UsageArchive | None:
    return archive_usage(month=NOVEMBER, now=make.NOW)


def keys_left() -> list[str]:
    return sorted(Event.objects.values_list("idempotency_key", flat=True))


def late() -> list[tuple[Decimal, int]]:
    found = RatingVerdict.objects.filter(verdict="late")
    return list(found.values_list("quantity", "events"))


@pytest.mark.usefixtures("basil")
def test_a_billed_month_goes_but_for_the_hours_that_midnight_cuts() -> None:
    archive = archived()

    assert archive is not None
    assert archive.events == 1
    # Midnight in Kolkata is at half past six in the evening.
    assert keys_left() == ["call-2"]
    assert [each.sentence for each in INVARIANTS if contradictions(each)] == []


def test_what_came_late_stays_and_goes_on_being_told(basil: Customer) -> None:
    call(sender_of(basil), "late-1", at="2024-11-07T10:00:00Z", minutes=2)
    refreshed(basil)
    assert late() == [(Decimal(2), 1)]

    archived()
    assert keys_left() == ["call-2", "late-1"]

    call(sender_of(basil), "late-2", at="2024-11-08T10:00:00Z", minutes=4)
    refreshed(basil)
    assert late() == [(Decimal(6), 2)]


def test_an_invoice_that_is_not_issued_keeps_its_events(committed: None) -> None:
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(sender_of(acme), make.six_bodies())
    refreshed(acme)

    assert archived() is None
    assert Event.objects.count() == 6


def test_events_of_outcomes_stay_while_the_contract_bills(committed: None) -> None:
    meter = Meter.objects.create(
        legal_entity=make.northwind(), code="TICKET", display_name="Tickets",
        event_name="ticket_resolved", aggregation="count", unit="ticket",
    )  # fmt: skip
    price = Price.objects.create(legal_entity=make.northwind(), code="ticket", meter=meter)
    outcome = {
        "success_event": "ticket_resolved", "reversal_event": ["ticket_reopened"],
        "correlation_property": "ticket_id", "window_hours": 72,
    }  # fmt: skip
    PriceVersion.objects.create(
        price=price, name="Tickets", unit_price=Decimal(1), terms_keys={"outcome": outcome},
        published_at=make.NOW,
    )  # fmt: skip
    plan = Plan.objects.create(legal_entity=make.northwind(), code="support", name="Support")
    PlanPrice.objects.create(plan=plan, price=price)
    basil = make.basil()
    make.contract(basil, plan=plan, end=None)
    billed(basil)

    assert AskedHistory(basil.pk, meter.pk) in set(archive_needs(month=WHOLE).histories)


def test_a_contract_back_in_time_is_billed_by_what_is_left(committed: None) -> None:
    basil = make.basil()
    plan = dollar_a_minute()
    call(sender_of(basil), "call-1", at="2024-11-05T10:00:00Z")
    assert archived() is not None

    make.contract(basil, plan=plan, end=date(2025, 2, 1))
    billed(basil)

    assert first_invoice(basil).total.amount == Decimal(5)


def test_an_invoice_that_needs_archived_events_is_stopped_and_says_so(committed: None) -> None:
    basil = make.basil()
    Meter.objects.create(
        legal_entity=make.northwind(), code="LONGEST", display_name="Longest call",
        event_name="ai_call", aggregation="max", property="duration_minutes", unit="minute",
    )  # fmt: skip
    price = Price.objects.create(
        legal_entity=make.northwind(), code="longest", meter=Meter.objects.get(code="LONGEST")
    )
    PriceVersion.objects.create(
        price=price, name="Longest", unit_price=Decimal(1), published_at=make.NOW
    )
    plan = Plan.objects.create(legal_entity=make.northwind(), code="longest", name="Longest")
    PlanPrice.objects.create(plan=plan, price=price)
    call(sender_of(basil), "call-1", at="2024-11-05T10:00:00Z")
    archived()

    make.contract(basil, plan=plan, end=date(2024, 12, 1))
    billed(basil)

    stopped = [invoice for invoice in invoices_of(basil) if invoice.stopped_error]
    assert [(invoice.state, invoice.stopped_error) for invoice in stopped] == [
        ("upcoming", "USAGE_ARCHIVED")
    ]
    assert "manage.py usage_archive restore 2024-11" in stopped[0].stopped_detail


def test_usage_of_no_contract_that_comes_late_is_told_in_whole_hours(committed: None) -> None:
    basil = make.basil()
    make.ai_call_meter()
    for number, at in enumerate(("08:00:00", "10:10:00", "12:10:00")):
        call(sender_of(basil), f"call-{number}", at=f"2024-11-05T{at}Z")
    refreshed(basil)
    archived()
    assert keys_left() == ["call-2"]

    call(sender_of(basil), "late", at="2024-11-05T10:20:00Z")
    refreshed(basil)

    told = RatingVerdict.objects.get(verdict="no_contract")
    assert (told.quantity, told.events) == (Decimal(20), 4)
    assert (told.starts_at.hour, told.ends_at.hour, told.ends_at.minute) == (8, 13, 0)


@pytest.mark.usefixtures("committed")
def test_the_last_months_stay() -> None:
    with pytest.raises(TooYoung):
        archive_usage(month=date(2026, 9, 1), now=make.NOW)
