"""Invoices lie ahead: of every period up to the running one, and of the next."""

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest

from accounts.models import Customer
from contracts.models import Contract
from invoicing.models import Invoice
from invoicing.operations.upcoming import ensure_upcoming
from tests import factories as make
from tests.invoicing.agreements import closed, dollar_a_minute, first_invoice, invoices_of
from values.calendar import local_date

pytestmark = pytest.mark.django_db


@pytest.fixture
def basil() -> Customer:
    """A customer in New York."""
    return make.basil(timezone="America/New_York")


def signed(buyer: Customer, start: date, end: date | None = None, **fields: Any) -> Contract:
    return make.contract(buyer, plan=dollar_a_minute(), start=start, end=end, **fields)


def days(buyer: Customer) -> list[tuple[str, str]]:
    """Return the bounds of the invoices' periods as days of the customer."""
    return [
        (
            local_date(invoice.period_start, buyer.timezone).isoformat(),
            local_date(invoice.period_end, buyer.timezone).isoformat(),
        )
        for invoice in invoices_of(buyer)
    ]


def test_a_running_contract_has_this_month_and_the_next(basil: Customer) -> None:
    signed(basil, date(2026, 11, 1))

    assert days(basil) == [("2026-11-01", "2026-12-01"), ("2026-12-01", "2027-01-01")]


def test_a_contract_that_begins_later_has_its_first_month(basil: Customer) -> None:
    signed(basil, date(2027, 3, 1))

    assert days(basil) == [("2027-03-01", "2027-04-01")]


def test_a_contract_that_began_long_ago_has_every_month_since(basil: Customer) -> None:
    signed(basil, date(2024, 11, 1))

    bounds = days(basil)
    assert len(bounds) == 26
    assert bounds[0] == ("2024-11-01", "2024-12-01")
    assert bounds[-1] == ("2026-12-01", "2027-01-01")
    assert all(one[1] == other[0] for one, other in pairwise(bounds))


def test_asking_again_makes_nothing(basil: Customer) -> None:
    contract = signed(basil, date(2026, 11, 1))

    ensure_upcoming(contract=contract, now=make.NOW)
    ensure_upcoming(contract=contract, now=make.NOW)

    assert len(days(basil)) == 2


def test_closing_old_months_makes_none_further_ahead(basil: Customer) -> None:
    signed(basil, date(2026, 8, 1))

    for invoice in invoices_of(basil)[:3]:
        closed(invoice)

    assert days(basil)[-1] == ("2026-12-01", "2027-01-01")


def test_a_contract_that_ends_inside_a_month_has_a_last_short_period(basil: Customer) -> None:
    signed(basil, date(2026, 10, 1), date(2026, 12, 11))

    assert days(basil) == [
        ("2026-10-01", "2026-11-01"), ("2026-11-01", "2026-12-01"), ("2026-12-01", "2026-12-11"),
    ]  # fmt: skip


def test_an_ended_contract_has_nothing_ahead(basil: Customer) -> None:
    contract = signed(basil, date(2024, 11, 1), date(2025, 1, 1))

    ensure_upcoming(contract=contract, now=make.NOW)

    assert days(basil) == [("2024-11-01", "2024-12-01"), ("2024-12-01", "2025-01-01")]


def test_the_31st_is_the_last_day_of_shorter_months(basil: Customer) -> None:
    signed(basil, date(2024, 1, 31), date(2024, 6, 1))

    assert days(basil) == [
        ("2024-01-31", "2024-02-29"),
        ("2024-02-29", "2024-03-31"),
        ("2024-03-31", "2024-04-30"),
        ("2024-04-30", "2024-05-31"),
        ("2024-05-31", "2024-06-01"),
    ]


def test_an_anchor_day_makes_a_short_first_period(basil: Customer) -> None:
    signed(basil, date(2026, 11, 10), anchor_day=15)

    assert days(basil)[:2] == [("2026-11-10", "2026-11-15"), ("2026-11-15", "2026-12-15")]


def test_the_period_follows_the_clocks_of_its_customer(basil: Customer) -> None:
    signed(basil, date(2024, 11, 1), date(2024, 12, 1))

    invoice = first_invoice(basil)
    assert invoice.period_start == datetime(2024, 11, 1, 4, tzinfo=UTC)
    assert invoice.period_end == datetime(2024, 12, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["America/Chicago", "Europe/London", "Pacific/Kiritimati"])
def test_a_customer_that_moves_to_another_zone_is_billed_without_a_gap(
    basil: Customer, zone: str
) -> None:
    signed(basil, date(2026, 10, 1), anchor_day=1)
    basil.timezone = zone
    basil.save()

    closed(first_invoice(basil))
    ensure_upcoming(contract=Contract.objects.get(), now=datetime(2027, 3, 15, tzinfo=UTC))

    found = invoices_of(basil)
    assert all(one.period_end == other.period_start for one, other in pairwise(found))
    assert local_date(found[-1].period_end, zone) == date(2027, 5, 1)
    assert Invoice.objects.filter(period_start__gt=datetime(2027, 3, 15, tzinfo=UTC)).count() == 1


def test_the_draft_stays_open_for_the_plans_hours_of_grace(basil: Customer) -> None:
    make.contract(basil, plan=dollar_a_minute(grace_hours=48), start=date(2024, 11, 1))

    assert first_invoice(basil).closes_at == datetime(2024, 12, 3, 5, tzinfo=UTC)
