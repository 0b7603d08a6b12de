from datetime import date, datetime, timedelta
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from invoicing.assembly.bill import Bill
from invoicing.assembly.bills import bills
from tests.invoicing.rating.fees import NEW_YORK, day
from values.calendar import BillingCalendar, BillingInterval


def calendar(
    start: str, end: str | None = None, *, zone: str = "UTC", anchor_day: int = 1
) -> BillingCalendar:
    return BillingCalendar(
        BillingInterval.MONTH, anchor_day, zone, day(start, zone), day(end, zone) if end else None
    )


def made(of: BillingCalendar, *, hours: int = 0, terms: int = 30, most: int = 50) -> list[Bill]:
    return list(
        islice(bills(calendar=of, grace_hours_at=lambda _: hours, net_terms_days=terms), most)
    )


def test_one_bill_on_the_first_day_and_one_at_the_end_of_each_period() -> None:
    first, second, last = made(calendar("2024-11-20", "2024-12-11"), terms=10)

    assert (first.closes, first.is_first) == (None, True)
    assert first.opens == second.closes
    assert second.opens == last.closes
    assert (second.is_first, last.is_first, last.opens) == (False, False, None)
    assert [(bill.issue_date, bill.due_date) for bill in (first, second, last)] == [
        (date(2024, 11, 20), date(2024, 11, 30)),
        (date(2024, 12, 1), date(2024, 12, 11)),
        (date(2024, 12, 11), date(2024, 12, 21)),
    ]
    assert second.closes is not None
    assert last.closes is not None
    assert second.closes.covered.start == day("2024-11-20")
    assert second.closes.full.start == day("2024-11-01")
    assert last.closes.covered.end == day("2024-12-11")
    assert last.closes.full.end == day("2025-01-01")
    assert [bill.period for bill in (first, second)] == [second.closes.covered] * 2


def test_the_day_of_issue_is_the_local_date_at_the_end_of_grace() -> None:
    of = calendar("2024-11-01", zone=NEW_YORK)

    assert [bill.issue_date for bill in made(of, hours=23, most=2)] == [
        date(2024, 11, 1),
        date(2024, 12, 1),
    ]
    assert made(of, hours=24, most=2)[1].issue_date == date(2024, 12, 2)
    # On March 9, 2025 the day has 23 hours.
    spring = calendar("2025-02-09", zone=NEW_YORK, anchor_day=9)
    assert made(spring, hours=23, most=2)[1].issue_date == date(2025, 3, 10)


def test_grace_is_that_of_the_plan_in_force_until_the_end() -> None:
    change = day("2024-12-01")

    def hours(at: datetime) -> int:
        return 48 if at < change else 0

    found = bills(calendar=calendar("2024-11-01"), grace_hours_at=hours, net_terms_days=0)

    assert [bill.issue_date for bill in islice(found, 3)] == [
        date(2024, 11, 1),
        date(2024, 12, 3),
        date(2025, 1, 1),
    ]


def test_only_the_last_bill_waits_for_open_windows() -> None:
    def dates(hours: int) -> list[date]:
        return [
            bill.issue_date
            for bill in bills(
                calendar=calendar("2024-11-01", "2025-01-01"),
                grace_hours_at=lambda _: hours,
                net_terms_days=0,
                waits_until=day("2025-01-03") + timedelta(hours=5),
            )
        ]

    assert dates(0) == [date(2024, 11, 1), date(2024, 12, 1), date(2025, 1, 3)]
    assert dates(96)[-1] == date(2025, 1, 5)


def test_a_contract_without_an_end_is_billed_on_and_on() -> None:
    assert len(made(calendar("2024-11-01"), most=40)) == 40


@given(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(1, 31), st.integers(1, 500))
def test_every_day_is_opened_once_and_closed_once(start: date, anchor: int, length: int) -> None:
    of = calendar(
        start.isoformat(), (start + timedelta(days=length)).isoformat(), anchor_day=anchor
    )
    found = made(of)

    opened = [bill.opens for bill in found if bill.opens]
    assert opened == [bill.closes for bill in found if bill.closes]
    assert opened[0].covered.start == of.start
    assert opened[-1].covered.end == of.end
    assert sum((period.covered.end - period.covered.start).days for period in opened) == length
    assert len({bill.issue_date for bill in found}) == len(found)
