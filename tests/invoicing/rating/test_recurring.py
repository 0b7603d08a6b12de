from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.rating.recurring import rate_recurring
from invoicing.rating.terms.fixed import Proration, Recurring, Timing
from invoicing.rating.trace import StepKind
from tests.invoicing.rating.fees import (
    FEBRUARY,
    JANUARY,
    NEW_YORK,
    NOVEMBER,
    charge,
    day,
    days,
    price,
    printed,
    version,
)
from values.period import Period

FEE = price(version(Recurring(Decimal("99.00"))))


@pytest.mark.parametrize(
    "covered,full,amount",
    [
        (JANUARY, JANUARY, "99.00"),
        (FEBRUARY, FEBRUARY, "99.00"),
        (days("2025-01-22", "2025-02-01"), JANUARY, "31.94"),
        (days("2025-02-19", "2025-03-01"), FEBRUARY, "35.36"),
        (days("2025-01-01", "2025-01-02"), JANUARY, "3.19"),
    ],
)
def test_a_shorter_period_costs_its_days_of_the_real_period(
    covered: Period, full: Period, amount: str
) -> None:
    (line,) = rate_recurring(charge(FEE, covered, full=full), timing=Timing.ADVANCE)

    assert str(line.amount) == amount
    assert line.period == covered
    assert (line.quantity, line.unit, line.unit_price) == (Decimal(1), None, Decimal("99.00"))
    assert (line.section, line.price, line.events, line.meter) == ("platform", "fee", None, None)


def test_the_trace_says_the_days() -> None:
    (line,) = rate_recurring(
        charge(FEE, days("2025-01-22", "2025-02-01"), full=JANUARY), timing=Timing.ADVANCE
    )

    assert [(step.kind, step.values) for step in line.trace.steps] == [
        (StepKind.DAYS, {"days": "10", "of_days": "31", "amount": "99"})
    ]
    assert line.exact_amount == Fraction(990, 31)
    assert line.trace.model == "recurring"
    assert line.trace.exact_amount == line.exact_amount


def test_days_of_23_and_25_hours_count_like_others() -> None:
    march, november = (
        days("2025-03-01", "2025-04-01", NEW_YORK),
        days("2025-11-01", "2025-12-01", NEW_YORK),
    )
    spring = days("2025-03-09", "2025-03-10", NEW_YORK)
    autumn = days("2025-11-02", "2025-11-03", NEW_YORK)

    (short,) = rate_recurring(charge(FEE, spring, full=march, zone=NEW_YORK), timing=Timing.ADVANCE)
    (long,) = rate_recurring(
        charge(FEE, autumn, full=november, zone=NEW_YORK), timing=Timing.ADVANCE
    )

    assert (short.exact_amount, long.exact_amount) == (Fraction(99, 31), Decimal("3.3"))


def test_a_fee_falls_due_at_its_own_time_only() -> None:
    late = price(version(Recurring(Decimal(10), timing=Timing.ARREARS)))

    assert rate_recurring(charge(late, JANUARY), timing=Timing.ADVANCE) == ()
    assert len(rate_recurring(charge(late, JANUARY), timing=Timing.ARREARS)) == 1


def test_a_fee_takes_the_version_of_its_first_day_and_a_new_one_does_not_split_it() -> None:
    terms = price(
        version(Recurring(Decimal(62)), None, "2025-01-15"),
        version(Recurring(Decimal(31)), "2025-01-15"),
    )

    (line,) = rate_recurring(charge(terms, JANUARY), timing=Timing.ADVANCE)
    (later,) = rate_recurring(charge(terms, FEBRUARY), timing=Timing.ADVANCE)

    assert (str(line.amount), line.rate_version) == ("62.00", None)
    assert (str(later.amount), later.rate_version) == ("31.00", day("2025-01-15"))


def test_a_phase_makes_a_line_for_each_part_at_the_version_of_its_first_day() -> None:
    terms = price(
        version(Recurring(Decimal(62)), None, "2025-01-11"),
        version(Recurring(Decimal(31)), "2025-01-11"),
    )

    lines = rate_recurring(charge(terms, JANUARY, breaks=["2025-01-11"]), timing=Timing.ADVANCE)

    assert printed(lines) == [
        ("Fee", "01-01..01-11", "1", "20.00"),
        ("Fee", "01-11..02-01", "1", "21.00"),
    ]


def test_an_unchanged_fee_that_runs_across_phases_is_a_line_for_each() -> None:
    lines = rate_recurring(charge(FEE, JANUARY, breaks=["2025-01-11"]), timing=Timing.ADVANCE)

    assert printed(lines) == [
        ("Fee", "01-01..01-11", "1", "31.94"),
        ("Fee", "01-11..02-01", "1", "67.06"),
    ]


def test_a_price_in_force_for_a_part_of_the_period_costs_those_days() -> None:
    terms = price(version(Recurring(Decimal(31)), "2025-01-11", "2025-01-21"))

    assert printed(rate_recurring(charge(terms, JANUARY), timing=Timing.ADVANCE)) == [
        ("Fee", "01-11..01-21", "1", "10.00")
    ]
    assert rate_recurring(charge(terms, FEBRUARY), timing=Timing.ADVANCE) == ()


def test_days_without_a_version_cost_nothing() -> None:
    terms = price(
        version(Recurring(Decimal(31)), None, "2025-01-11"),
        version(Recurring(Decimal(62)), "2025-01-21"),
    )

    assert printed(rate_recurring(charge(terms, JANUARY), timing=Timing.ADVANCE)) == [
        ("Fee", "01-01..01-11", "1", "10.00"),
        ("Fee", "01-21..02-01", "1", "22.00"),
    ]


def test_without_proration_a_part_costs_the_whole_once_per_period() -> None:
    terms = price(version(Recurring(Decimal(99), prorate=Proration.NONE)))
    part = charge(terms, days("2025-01-22", "2025-02-01"), full=JANUARY, breaks=["2025-01-25"])

    assert printed(rate_recurring(part, timing=Timing.ADVANCE)) == [
        ("Fee", "01-22..02-01", "1", "99.00")
    ]


def test_a_phase_without_proration_stands_beside_one_by_days() -> None:
    terms = price(
        version(Recurring(Decimal(31)), None, "2025-01-11"),
        version(Recurring(Decimal(50), prorate=Proration.NONE), "2025-01-11"),
    )

    lines = rate_recurring(charge(terms, JANUARY, breaks=["2025-01-11"]), timing=Timing.ADVANCE)

    assert printed(lines) == [
        ("Fee", "01-01..01-11", "1", "10.00"),
        ("Fee", "01-11..02-01", "1", "50.00"),
    ]


def test_an_amount_of_zero_is_a_line() -> None:
    free = price(version(Recurring(Decimal(0))))

    assert printed(rate_recurring(charge(free, JANUARY), timing=Timing.ADVANCE)) == [
        ("Fee", "01-01..02-01", "1", "0.00")
    ]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Europe/Berlin"])
def test_a_price_book_of_another_zone_begins_with_the_customers_day(zone: str) -> None:
    terms = price(version(Recurring(Decimal(31)), "2025-01-01"))
    december, january = (
        days("2024-12-01", "2025-01-01", zone),
        days("2025-01-01", "2025-02-01", zone),
    )

    assert rate_recurring(charge(terms, december, zone=zone), timing=Timing.ADVANCE) == ()
    assert printed(
        rate_recurring(charge(terms, january, zone=zone), timing=Timing.ADVANCE), zone
    ) == [("Fee", "01-01..02-01", "1", "31.00")]


@given(
    st.decimals(0, 10**6, places=4),
    st.sets(st.integers(2, 30), max_size=6),
    st.integers(1, 30),
)
def test_phases_add_up_to_the_days_of_the_period(
    amount: Decimal, starts: set[int], first: int
) -> None:
    terms = price(version(Recurring(amount)))
    covered = Period(day(f"2024-11-{first:02}"), NOVEMBER.end)
    breaks = [f"2024-11-{start:02}" for start in sorted(starts)]

    lines = rate_recurring(
        charge(terms, covered, full=NOVEMBER, breaks=breaks), timing=Timing.ADVANCE
    )

    assert (
        sum(Fraction(line.exact_amount) for line in lines) == Fraction(amount) * (31 - first) / 30
    )
    assert lines[0].period.start == covered.start
    assert lines[-1].period.end == covered.end
    assert all(one.period.end == two.period.start for one, two in pairwise(lines))
