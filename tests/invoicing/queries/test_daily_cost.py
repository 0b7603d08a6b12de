"""The days of an invoice's lines add up to it."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.columns import exact
from accounts.models import Customer
from invoicing.models import Invoice
from invoicing.operations.archive_usage import archive_usage
from invoicing.queries.daily_cost import DayOfLine, daily_cost
from portal.queries.usage import UsageSearch, usage_of
from portal.queries.usage_days import usage_days
from tests import factories as make
from tests.invoicing.agreements import (
    billed,
    call,
    dollar_a_minute,
    first_invoice,
    refreshed,
    sender_of,
    single_price_plan,
)
from tests.usage.archives import NOVEMBER, keep_in
from usage.models import Event
from usage.store.archives.archived import MonthArchived
from values.calendar import local_midnight
from values.period import Period

pytestmark = pytest.mark.django_db


def costs(buyer: Customer) -> list[DayOfLine]:
    return daily_cost(invoices=[first_invoice(buyer)], zone=buyer.timezone)


def by_day(parts: list[DayOfLine]) -> dict[int, Decimal]:
    days: dict[int, Decimal] = defaultdict(Decimal)
    for part in parts:
        days[part.day.day] += part.amount
    return dict(sorted(days.items()))


def acme_of_the_worked_example() -> Customer:
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    refreshed(acme)
    return acme


def test_days_of_the_worked_example_add_up_to_its_subtotal() -> None:
    acme = acme_of_the_worked_example()

    parts = costs(acme)

    assert by_day(parts) == {
        5: Decimal("1.00"),
        6: Decimal("1.60"),
        7: Decimal("4.80"),
        8: Decimal("1.50"),
        9: Decimal("11.25"),
        10: Decimal("1.20"),
    }
    assert sum(part.amount for part in parts) == exact(first_invoice(acme).subtotal)
    assert sum(part.events for part in parts) == 6


def test_a_rounded_line_is_spread_without_losing_a_cent() -> None:
    basil = make.basil()
    plan = single_price_plan("third", unit_price=Decimal("0.003333"))
    make.contract(basil, plan=plan, end=date(2024, 12, 1))
    sender = sender_of(basil)
    for day in (5, 6, 7):
        call(sender, f"c-{day}", at=f"2024-11-0{day}T12:00:00Z", minutes=5)
    refreshed(basil)

    # 15 minutes come to 0.049995, a line of 0.05.
    assert by_day(costs(basil)) == {5: Decimal("0.02"), 6: Decimal("0.02"), 7: Decimal("0.01")}


def test_a_day_belongs_to_the_zone_that_is_asked_for() -> None:
    basil = make.basil(timezone="America/New_York")
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))
    sender = sender_of(basil)
    call(sender, "evening", at="2024-11-04T04:59:59Z", minutes=3)
    call(sender, "midnight", at="2024-11-04T05:00:00Z", minutes=4)
    refreshed(basil)

    assert by_day(costs(basil)) == {3: Decimal("3.00"), 4: Decimal("4.00")}


def test_a_line_without_usage_stands_on_its_first_day() -> None:
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))
    refreshed(basil)
    invoice = first_invoice(basil)
    invoice.lines.create(
        uid=invoice.uid,
        position=99,
        section="platform",
        price="fee",
        description="Platform fee",
        quantity=1,
        unit_price=10,
        exact_amount=10,
        amount=Decimal("10.00"),
        currency="USD",
        period_start=invoice.period_start,
        period_end=invoice.period_end,
    )

    assert by_day(costs(basil)) == {1: Decimal("10.00")}


def test_usage_that_came_after_the_amounts_is_not_spread_into_them() -> None:
    acme = acme_of_the_worked_example()
    Invoice.objects.filter(pk=first_invoice(acme).pk).update(usage_snapshot="")

    # Without anything counted there are no days of usage; the amounts are not lost.
    assert by_day(costs(acme)) == {1: Decimal("21.35")}


def test_a_correction_takes_back_on_its_own_day() -> None:
    basil = make.basil()
    meter = make.ai_call_meter()
    meter.allows_negative = True
    meter.save()
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))
    sender = sender_of(basil)
    call(sender, "call", at="2024-11-05T12:00:00Z", minutes=10)
    call(sender, "back", at="2024-11-06T12:00:00Z", minutes=-4)
    refreshed(basil)

    assert by_day(costs(basil)) == {5: Decimal("10.00"), 6: Decimal("-4.00")}


def test_many_lines_and_days_take_the_queries_of_one() -> None:
    acme = acme_of_the_worked_example()

    with CaptureQueriesContext(connection) as captured:
        daily_cost(invoices=list(acme.invoices.all()), zone=acme.timezone)

    assert len(captured) == 3  # the invoices, by this test, the lines and their usage


def billed_and_archived(zone: str, folder: Path, settings: Settings) -> tuple[Customer, object]:
    """Return a customer with three calls of an archived month, and what was seen of it before."""
    keep_in(folder, settings)
    basil = make.basil(timezone=zone)
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))
    sender = sender_of(basil)
    # A day of Delhi begins at half past six in the evening.
    for minutes, at in ((5, "05T18:29:59Z"), (9, "05T18:30:00Z"), (20, "20T10:00:00Z")):
        call(sender, f"call-{minutes}", at=f"2024-11-{at}", minutes=minutes)
    billed(basil)
    before = seen(basil)
    assert archive_usage(month=NOVEMBER, now=make.NOW) is not None
    return basil, before


def seen(buyer: Customer) -> object:
    """Return what the customer's pages say of November, and of its first half."""
    invoice = first_invoice(buyer)
    middle = local_midnight(date(2024, 11, 16), buyer.timezone)
    whole, half = (
        UsageSearch(make.ai_call_meter().pk, Period(invoice.period_start, end), None)
        for end in (invoice.period_end, middle)
    )
    return (
        usage_days(customer=buyer, search=whole),
        [(row.quantity, row.costs) for row in usage_of(customer=buyer, search=half).rows],
    )


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize(
    "zone, days, left",
    [
        ("America/Chicago", {5: Decimal("14.00"), 20: Decimal("20.00")}, []),
        (
            "Asia/Kolkata",
            {5: Decimal("5.00"), 6: Decimal("9.00"), 20: Decimal("20.00")},
            ["call-5", "call-9"],
        ),
    ],
)
def test_an_archived_month_costs_on_each_day_what_it_did(
    zone: str, days: dict[int, Decimal], left: list[str], tmp_path: Path, settings: Settings
) -> None:
    basil, before = billed_and_archived(zone, tmp_path, settings)

    keys = Event.objects.order_by("idempotency_key").values_list("idempotency_key", flat=True)
    assert list(keys) == left
    assert by_day(costs(basil)) == days
    assert seen(basil) == before
    assert seen(basil)[1] == [(Decimal(14), {"USD": Decimal("14.00")})]  # type: ignore[index]


@pytest.mark.usefixtures("committed")
def test_days_that_cut_hours_of_an_archived_month_are_refused(
    tmp_path: Path, settings: Settings
) -> None:
    basil, _ = billed_and_archived("America/Chicago", tmp_path, settings)

    with pytest.raises(MonthArchived, match="Events of 2024-11 are archived"):
        daily_cost(invoices=[first_invoice(basil)], zone="Asia/Kolkata")
