from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.rating.seats import rate_seats
from invoicing.rating.terms.fixed import Proration, Seat, Timing
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.tiers import Graduated, Volume
from invoicing.rating.trace import RateSource, StepKind
from tests.invoicing.rating.fees import (
    NOVEMBER,
    Held,
    charge,
    day,
    days,
    held,
    price,
    printed,
    tiers,
    version,
)

TEN_EACH = price(version(Seat(PerUnit(unit_price=Decimal(10)))))
FIVE_THEN_EIGHT = held(("2024-11-01", "5"), ("2024-11-11", "8"))
STEPS = tiers(("5", "10", "0"), ("10", "8", "0"), (None, "6", "0"))
WITH_FEES = tiers(("5", "10", "100"), (None, "8", "40"))


def test_seats_cost_their_days_a_line_per_run_with_one_quantity() -> None:
    lines = rate_seats(charge(TEN_EACH, NOVEMBER), FIVE_THEN_EIGHT, timing=Timing.ADVANCE)

    assert printed(lines) == [
        ("Fee", "11-01..11-11", "5", "16.67"),
        ("Fee", "11-11..12-01", "8", "53.33"),
    ]
    assert [(line.unit, line.unit_price, line.events) for line in lines] == [
        ("seat", Decimal(10), None)
    ] * 2
    assert [line.exact_amount for line in lines] == [Fraction(50, 3), Fraction(160, 3)]
    assert lines[0].trace.source == RateSource.UNIT_PRICE
    assert [(step.kind, step.values) for step in lines[0].trace.steps] == [
        (StepKind.DAYS, {"days": "10", "of_days": "30", "amount": "50"})
    ]


def test_a_quantity_stated_again_makes_no_new_run() -> None:
    same = held(("2024-10-01", "5"), ("2024-11-11", "5"))

    assert printed(rate_seats(charge(TEN_EACH, NOVEMBER), same, timing=Timing.ADVANCE)) == [
        ("Fee", "11-01..12-01", "5", "50.00")
    ]


def test_before_the_first_and_after_the_last_seat_there_is_no_line() -> None:
    some = held(("2024-11-11", "3"), ("2024-11-21", "0"))

    assert printed(rate_seats(charge(TEN_EACH, NOVEMBER), some, timing=Timing.ADVANCE)) == [
        ("Fee", "11-11..11-21", "3", "10.00")
    ]
    assert rate_seats(charge(TEN_EACH, NOVEMBER), [], timing=Timing.ADVANCE) == ()


def test_seats_fall_due_at_their_own_time_only() -> None:
    late = price(version(Seat(PerUnit(unit_price=Decimal(10)), timing=Timing.ARREARS)))

    assert rate_seats(charge(late, NOVEMBER), FIVE_THEN_EIGHT, timing=Timing.ADVANCE) == ()
    assert len(rate_seats(charge(late, NOVEMBER), FIVE_THEN_EIGHT, timing=Timing.ARREARS)) == 2


def test_without_proration_the_first_days_quantity_is_due_in_full() -> None:
    whole = price(version(Seat(PerUnit(unit_price=Decimal(10)), prorate=Proration.NONE)))
    part = charge(whole, days("2024-11-06", "2024-12-01"), full=NOVEMBER, breaks=["2024-11-20"])

    assert printed(rate_seats(part, FIVE_THEN_EIGHT, timing=Timing.ADVANCE)) == [
        ("Fee", "11-06..12-01", "5", "50.00")
    ]


def test_all_runs_take_the_version_of_the_periods_first_day() -> None:
    terms = price(
        version(Seat(PerUnit(unit_price=Decimal(10))), None, "2024-11-05"),
        version(Seat(PerUnit(unit_price=Decimal(20))), "2024-11-05"),
    )

    lines = rate_seats(charge(terms, NOVEMBER), FIVE_THEN_EIGHT, timing=Timing.ADVANCE)

    assert [line.unit_price for line in lines] == [Decimal(10), Decimal(10)]
    assert [line.rate_version for line in lines] == [None, None]


def test_a_phase_begins_a_line_with_its_own_version() -> None:
    terms = price(
        version(Seat(PerUnit(unit_price=Decimal(10))), None, "2024-11-16"),
        version(Seat(PerUnit(unit_price=Decimal(20))), "2024-11-16"),
    )

    lines = rate_seats(
        charge(terms, NOVEMBER, breaks=["2024-11-16"]), FIVE_THEN_EIGHT, timing=Timing.ADVANCE
    )

    assert printed(lines) == [
        ("Fee", "11-01..11-11", "5", "16.67"),
        ("Fee", "11-11..11-16", "8", "13.33"),
        ("Fee", "11-16..12-01", "8", "80.00"),
    ]


def test_graduated_seats_are_split_over_the_tiers_day_by_day() -> None:
    terms = price(version(Seat(Graduated(STEPS))))
    lines = rate_seats(
        charge(terms, NOVEMBER),
        held(("2024-11-01", "5"), ("2024-11-11", "12")),
        timing=Timing.ADVANCE,
    )

    assert printed(lines) == [
        ("Fee - tier 1", "11-01..11-11", "5", "16.67"),
        ("Fee - tier 1", "11-11..12-01", "5", "33.33"),
        ("Fee - tier 2", "11-11..12-01", "5", "26.67"),
        ("Fee - tier 3", "11-11..12-01", "2", "8.00"),
    ]
    assert lines[2].trace.source == RateSource.TIER
    assert [(step.kind, step.values) for step in lines[2].trace.steps] == [
        (
            StepKind.TIER,
            {
                "number": "2",
                "above": "5",
                "up_to": "10",
                "rate": "8",
                "quantity": "5",
                "model": "graduated",
            },
        ),
        (StepKind.DAYS, {"days": "20", "of_days": "30", "amount": "40"}),
    ]


def test_volume_seats_take_the_tier_of_the_highest_quantity() -> None:
    terms = price(version(Seat(Volume(STEPS))))
    lines = rate_seats(
        charge(terms, NOVEMBER),
        held(("2024-11-01", "4"), ("2024-11-11", "6"), ("2024-11-21", "0")),
        timing=Timing.ADVANCE,
    )

    assert printed(lines) == [
        ("Fee - tier 2", "11-01..11-11", "4", "10.67"),
        ("Fee - tier 2", "11-11..11-21", "6", "16.00"),
    ]
    assert lines[0].trace.steps[0].values["quantity"] == "6"


def test_a_quantity_on_the_boundary_stays_in_the_lower_tier() -> None:
    for model in (Graduated(STEPS), Volume(STEPS)):
        lines = rate_seats(
            charge(price(version(Seat(model))), NOVEMBER),
            held(("2024-11-01", "5")),
            timing=Timing.ADVANCE,
        )
        assert printed(lines) == [("Fee - tier 1", "11-01..12-01", "5", "50.00")]


def test_graduated_flat_fees_are_whole_and_due_once() -> None:
    terms = price(version(Seat(Graduated(WITH_FEES))))
    up_and_down = held(("2024-11-16", "5"), ("2024-11-21", "8"), ("2024-11-26", "5"))
    lines = rate_seats(
        charge(terms, NOVEMBER, breaks=["2024-11-24"]), up_and_down, timing=Timing.ADVANCE
    )

    assert [row for row in printed(lines) if "flat" in row[0]] == [
        ("Fee - tier 1 flat fee", "11-01..11-24", "1", "100.00"),
        ("Fee - tier 2 flat fee", "11-01..11-24", "1", "40.00"),
    ]
    assert [line.description for line in lines][:5] == [
        "Fee - tier 1",
        "Fee - tier 1 flat fee",
        "Fee - tier 1",
        "Fee - tier 2",
        "Fee - tier 2 flat fee",
    ]
    fee = lines[1]
    assert (fee.unit, fee.unit_price, fee.events) == (None, Decimal(100), None)
    assert [(step.kind, step.values) for step in fee.trace.steps] == [
        (StepKind.FLAT_FEE, {"number": "1", "amount": "100"})
    ]


def test_the_flat_fee_of_a_volume_price_is_that_of_its_one_tier() -> None:
    terms = price(version(Seat(Volume(WITH_FEES))))
    lines = rate_seats(
        charge(terms, NOVEMBER, breaks=["2024-11-20"]), FIVE_THEN_EIGHT, timing=Timing.ADVANCE
    )

    assert printed(lines) == [
        ("Fee - tier 2", "11-01..11-11", "5", "13.33"),
        ("Fee - tier 2 flat fee", "11-01..11-20", "1", "40.00"),
        ("Fee - tier 2", "11-11..11-20", "8", "19.20"),
        ("Fee - tier 2", "11-20..12-01", "8", "23.47"),
    ]


@pytest.mark.parametrize("at_zero,descriptions", [(False, []), (True, ["Fee - tier 1 flat fee"])])
@pytest.mark.parametrize("model", [Graduated, Volume])
def test_without_seats_the_first_flat_fee_is_due_only_where_the_terms_say_so(
    model: type[Graduated] | type[Volume], at_zero: bool, descriptions: list[str]
) -> None:
    terms = price(version(Seat(model(WITH_FEES, flat_fee_at_zero=at_zero))))

    lines = rate_seats(charge(terms, NOVEMBER), [], timing=Timing.ADVANCE)

    assert [line.description for line in lines] == descriptions


QUANTITIES = st.dictionaries(st.integers(-5, 35), st.decimals(0, 40, places=1), max_size=6).map(
    lambda found: [Held(NOVEMBER.start + timedelta(days=at), found[at]) for at in sorted(found)]
)
TIERS = st.tuples(*[st.decimals(0, 20, places=2)] * 3)


@given(QUANTITIES, TIERS, st.integers(1, 30))
def test_graduated_runs_add_up_to_every_seat_on_every_day(
    quantities: list[Held], rates: tuple[Decimal, ...], first: int
) -> None:
    bounds = (5, 10, None)
    terms = price(
        version(
            Seat(
                Graduated(
                    tiers(
                        *(
                            (None if up_to is None else str(up_to), str(rate), "0")
                            for up_to, rate in zip(bounds, rates, strict=True)
                        )
                    )
                )
            )
        )
    )
    covered = days(f"2024-11-{first:02}", "2024-12-01")
    lines = rate_seats(charge(terms, covered, full=NOVEMBER), quantities, timing=Timing.ADVANCE)

    naive = Fraction(0)
    for number in range(first, 31):
        noon = day(f"2024-11-{number:02}")
        seats = Fraction(0)
        for dated in quantities:
            if dated.starts_at <= noon:
                seats = Fraction(dated.quantity)
        below = Fraction(0)
        for up_to, rate in zip(bounds, rates, strict=True):
            top = seats if up_to is None else min(seats, Fraction(up_to))
            naive += max(top - below, Fraction(0)) * Fraction(rate) / 30
            below = seats if up_to is None else Fraction(up_to)
    assert sum((Fraction(line.exact_amount) for line in lines), Fraction(0)) == naive


@given(QUANTITIES, st.sets(st.integers(2, 30), max_size=4))
def test_phases_do_not_change_what_seats_come_to(quantities: list[Held], starts: set[int]) -> None:
    terms = price(version(Seat(Volume(WITH_FEES))))
    breaks = [f"2024-11-{start:02}" for start in sorted(starts)]

    whole, apart = (
        rate_seats(charge(terms, NOVEMBER, breaks=at), quantities, timing=Timing.ADVANCE)
        for at in ([], breaks)
    )

    assert sum(Fraction(line.exact_amount) for line in whole) == sum(
        Fraction(line.exact_amount) for line in apart
    )
