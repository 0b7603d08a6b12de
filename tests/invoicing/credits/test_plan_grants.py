from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest

from invoicing.credits.grants import GrantKind
from invoicing.credits.plan_grants import PlanGrant, lots
from values.calendar import BillingCalendar, BillingInterval
from values.problems import InvalidTerms

MONTHLY = PlanGrant(
    "monthly", GrantKind.PROMOTIONAL, "USD", quantity=Decimal(10000), unit="credit", priority=10
)
CALENDAR = BillingCalendar(
    BillingInterval.MONTH,
    1,
    "UTC",
    datetime(2024, 11, 11, tzinfo=UTC),
    datetime(2025, 1, 15, tzinfo=UTC),
)


def spans(grant: PlanGrant) -> list[tuple[str, str | None]]:
    periods = islice(CALENDAR.periods_from(CALENDAR.start), 3)
    return [
        (f"{lot.effective_from:%m-%d}", f"{lot.expires_at:%m-%d}" if lot.expires_at else None)
        for lot in lots(grant, periods, calendar=CALENDAR)
    ]


def test_each_period_gives_a_whole_lot_from_its_first_day() -> None:
    given = lots(MONTHLY, CALENDAR.periods_from(CALENDAR.start), calendar=CALENDAR)

    assert [lot.left for lot in given] == [Decimal(10000)] * 3
    assert {(lot.code, lot.unit, lot.kind, lot.priority) for lot in given} == {
        ("monthly", "credit", GrantKind.PROMOTIONAL, 10)
    }
    assert len({lot.lot for lot in given}) == 3


@pytest.mark.parametrize(
    "periods,expiries",
    [
        (1, ["12-01", "01-01", "02-01"]),
        (2, ["01-01", "02-01", "03-01"]),
    ],
)
def test_a_lot_lasts_to_the_end_of_whole_periods(periods: int, expiries: list[str | None]) -> None:
    found = spans(replace(MONTHLY, expires_after_periods=periods))

    assert found == list(zip(["11-11", "12-01", "01-01"], expiries, strict=True))


def test_a_lot_of_money_has_no_unit() -> None:
    money = PlanGrant("gift", GrantKind.PREPAID, "USD", amount=Decimal("25.00"))
    (lot,) = lots(money, [CALENDAR.period_at(CALENDAR.start)], calendar=CALENDAR)

    assert (lot.left, lot.unit, lot.currency) == (Decimal("25.00"), None, "USD")


@pytest.mark.parametrize(
    "changes,problem",
    [
        ({"code": " "}, "code: must not be empty"),
        ({"amount": Decimal(1)}, "amount: stands beside quantity and unit, write one of them"),
        ({"quantity": None, "unit": None}, "needs an amount, or a quantity with its unit"),
        ({"quantity": None}, "needs an amount, or a quantity with its unit"),
        ({"unit": None}, "unit: is required where the grant is a quantity"),
        ({"unit": " "}, "unit: must not be empty"),
        ({"quantity": Decimal(0)}, "quantity: must be more than 0"),
        ({"quantity": Decimal(-1)}, "quantity: must not be negative"),
        (
            {"quantity": None, "unit": None, "amount": Decimal("0.00")},
            "amount: must be more than 0",
        ),
        (
            {"quantity": None, "unit": None, "amount": Decimal("0.001")},
            "amount: has more digits than USD has",
        ),
        ({"currency": "XXXX"}, "currency: unknown currency 'XXXX'"),
        ({"expires_after_periods": 0}, "expires_after_periods: must be 1 or more"),
    ],
)
def test_a_grant_that_gives_nothing_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidTerms) as caught:
        replace(MONTHLY, **changes)

    assert str(caught.value) == problem
