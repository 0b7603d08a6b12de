"""Grants in units: tables with exact numbers, and the laws that they keep."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.credits.drawing import Draw, Drawing, draw, draw_order
from invoicing.credits.grants import GrantBalance, GrantKind, grant_cuts
from invoicing.credits.owed import NotSliced, OwedLine, OwedPart
from values.period import Period

START = datetime(2024, 11, 1, tzinfo=UTC)
SOME_DAYS = 8
PERIOD = Period(START, START + timedelta(days=SOME_DAYS))


def day(number: int) -> datetime:
    return START + timedelta(days=number - 1)


def minutes(
    code: str,
    left: str,
    *,
    begins: int = 1,
    ends: int | None = None,
    priority: int = 50,
    applies_to: tuple[str, ...] = (),
    unit: str | None = "minute",
    kind: GrantKind = GrantKind.PREPAID,
) -> GrantBalance:
    return GrantBalance(
        code,
        kind,
        Decimal(left),
        "USD",
        day(begins),
        day(ends) if ends else None,
        priority,
        applies_to,
        unit,
    )


def dollars(code: str, left: str, *, priority: int = 50) -> GrantBalance:
    return minutes(code, left, priority=priority, unit=None)


def line(
    *parts: tuple[int, int, str, str], unit: str | None = "minute", price: str = "calls"
) -> OwedLine:
    """Return a line of (first day, day after, quantity, owed)."""
    return OwedLine(
        "usage",
        price,
        tuple(
            OwedPart(Period(day(a), day(b)), Fraction(owed), Fraction(quantity))
            for a, b, quantity, owed in parts
        ),
        unit=unit,
    )


def drawn(grants: Sequence[GrantBalance], *lines: OwedLine) -> Drawing:
    return draw(grants, lines, kind=GrantKind.PREPAID, currency="USD")


def paid(drawing: Drawing) -> list[tuple[str, str, str | None]]:
    return [
        (it.grant.code, str(it.amount), None if it.quantity is None else str(it.quantity))
        for it in drawing.draws
    ]


def test_units_pay_their_share_of_what_is_owed_rounded_down() -> None:
    drawing = drawn([minutes("pack", "500")], line((1, 31, "1234", "37.03")))

    # 37.03 x 500 / 1234 = 15.0040...
    assert paid(drawing) == [("pack", "15.00", "500")]
    assert drawing.draws[0].shares == ((0, Decimal("15.00")),)
    assert drawing.lines[0].quantity == 734
    assert drawing.lines[0].owed == Fraction("22.03")


def test_lines_are_paid_in_their_order_not_in_proportion() -> None:
    lines = [line((1, 31, "100", "3.00")), line((1, 31, "100", "9.00"))]

    drawing = drawn([minutes("pack", "150")], *lines)

    assert paid(drawing) == [("pack", "7.50", "150")]
    assert drawing.draws[0].shares == ((0, Decimal("3.00")), (1, Decimal("4.50")))


def test_units_of_price_nothing_or_of_another_unit_use_none() -> None:
    lines = [
        line((1, 31, "500", "0")),
        line((1, 31, "500", "5.00"), unit="second"),
        line((1, 31, "500", "5.00"), unit=None),
        line((1, 31, "10", "1.00")),
    ]

    drawing = drawn([minutes("pack", "100")], *lines)

    assert paid(drawing) == [("pack", "1.00", "10")]
    assert drawing.draws[0].shares == ((3, Decimal("1.00")),)


def test_units_that_pay_less_than_a_cent_are_used_too() -> None:
    grants = [minutes("a", "1"), minutes("b", "5000")]

    drawing = drawn(grants, line((1, 31, "1000", "5.00")))

    assert paid(drawing) == [("a", "0.00", "1"), ("b", "5.00", "999")]
    assert drawing.draws[0].shares == ()


def test_units_of_a_line_that_is_rounded_to_nothing_are_used() -> None:
    tiny = replace(line((1, 31, "3", "0")), rounds_away=True)

    assert paid(drawn([minutes("pack", "2")], tiny)) == [("pack", "0.00", "2")]


def test_units_are_drawn_before_money_whatever_the_priority() -> None:
    grants = [dollars("money", "100.00", priority=1), minutes("pack", "60", priority=90)]

    drawing = drawn(grants, line((1, 31, "100", "10.00")), line((1, 31, "1", "2.00"), unit="seat"))

    assert [it.code for it in draw_order(grants)] == ["pack", "money"]
    assert paid(drawing) == [("pack", "6.00", "60"), ("money", "6.00", None)]
    assert [it.used for it in drawing.draws] == [Decimal(60), Decimal("6.00")]


def test_two_grants_that_take_all_units_leave_no_cent() -> None:
    grants = [minutes("a", "1"), minutes("b", "5")]

    assert paid(drawn(grants, line((1, 31, "3", "1.00")))) == [
        ("a", "0.33", "1"),
        ("b", "0.67", "2"),
    ]


def test_only_units_of_the_grants_own_time_are_paid() -> None:
    halves = line((1, 11, "30", "3.00"), (11, 31, "70", "7.00"))

    assert paid(drawn([minutes("early", "100", ends=11)], halves)) == [("early", "3.00", "30")]
    assert paid(drawn([minutes("late", "50", begins=11)], halves)) == [("late", "5.00", "50")]


def test_the_earliest_units_are_used_first() -> None:
    halves = line((1, 11, "50", "5.00"), (11, 31, "50", "5.00"))
    grants = [minutes("all", "60", priority=1), minutes("early", "60", ends=11)]

    assert paid(drawn(grants, halves)) == [("all", "6.00", "60")]


def test_units_of_a_dearer_time_cost_the_average_of_the_line() -> None:
    calls = line((1, 11, "50", "1.00"), (11, 31, "50", "9.00"))
    cut = minutes("cut", "10", begins=11, priority=90)

    alone = drawn([minutes("all", "50")], calls)
    beside = drawn([minutes("all", "50"), cut], calls)

    assert paid(alone) == [("all", "5.00", "50")]
    assert paid(beside) == [("all", "5.00", "50"), ("cut", "1.00", "10")]
    assert all(part.owed >= 0 for part in beside.lines[0].parts)


@pytest.mark.parametrize(
    "applies_to,amount", [((), "7.00"), (("usage",), "7.00"), (("sms",), "4.00"), (("x",), None)]
)
def test_units_pay_the_sections_or_prices_they_are_for(
    applies_to: tuple[str, ...], amount: str | None
) -> None:
    lines = [line((1, 31, "3", "3.00")), line((1, 31, "4", "4.00"), price="sms")]

    drawing = drawn([minutes("pack", "9", applies_to=applies_to)], *lines)

    assert [str(it.amount) for it in drawing.draws] == ([amount] if amount else [])


def test_a_line_without_events_is_paid_if_its_days_overlap() -> None:
    seats = replace(line((1, 31, "5", "50.00"), unit="seat"), by_days=True)
    overlapping, later = (minutes("two", "2", begins=start, unit="seat") for start in (30, 31))

    assert paid(drawn([overlapping], seats)) == [("two", "20.00", "2")]
    assert drawn([later], seats).draws == ()


def test_lines_below_zero_leave_less_to_pay_and_so_use_fewer_units() -> None:
    lines = [line((1, 31, "100", "100.00")), line((1, 31, "0", "-60.00"), unit=None)]

    drawing = drawn([minutes("pack", "100")], *lines)

    assert paid(drawing) == [("pack", "40.00", "40")]


def test_nothing_is_paid_where_nothing_is_owed_in_all() -> None:
    lines = [line((1, 31, "10", "10.00")), line((1, 31, "0", "-60.00"), unit=None)]

    assert drawn([minutes("pack", "100")], *lines).draws == ()


def test_corrections_of_another_time_leave_fewer_units_to_pay() -> None:
    corrected = line((1, 11, "100", "10.00"), (11, 31, "-40", "-4.00"))

    assert paid(drawn([minutes("early", "100", ends=11)], corrected)) == [("early", "6.00", "60")]


def test_a_third_of_a_unit_is_used_to_eighteen_places() -> None:
    drawing = drawn([minutes("pack", "5")], line((1, 31, "4/3", "1.00")))

    assert paid(drawing) == [("pack", "1.00", "1.333333333333333333")]


def test_a_part_across_the_end_of_a_grant_is_an_error() -> None:
    with pytest.raises(NotSliced):
        drawn([minutes("pack", "5", ends=11)], line((1, 31, "4", "1.00")))


@st.composite
def some_grants(draw: st.DrawFn) -> list[GrantBalance]:
    grants = []
    for number in range(draw(st.integers(1, 4))):
        begins = draw(st.integers(1, SOME_DAYS))
        unit = draw(st.sampled_from(["minute", "minute", None]))
        left = Decimal(draw(st.integers(0, 3000))) / (10 if unit else 100)
        grants.append(
            minutes(
                f"g{number}",
                str(left),
                begins=begins,
                ends=draw(st.none() | st.integers(begins + 1, SOME_DAYS + 2)),
                priority=draw(st.integers(0, 2)),
                applies_to=draw(st.sampled_from([(), ("usage",), ("calls",), ("sms",)])),
                unit=unit,
            )
        )
    return grants


Days = list[tuple[Fraction, Fraction]]


@st.composite
def days_of_lines(draw: st.DrawFn) -> list[tuple[str, Days]]:
    """Return prices with (units, owed) of each day; what is owed adds up to whole cents."""
    lines = []
    for price in ("calls", "sms", "calls"):
        cents = draw(st.integers(-300, 5000))
        units = draw(st.lists(st.integers(0, 20), min_size=SOME_DAYS, max_size=SOME_DAYS))
        dear = draw(st.lists(st.integers(1, 3), min_size=SOME_DAYS, max_size=SOME_DAYS))
        weights = [one * times for one, times in zip(units, dear, strict=True)]
        if not sum(weights):
            units = weights = [1] * SOME_DAYS
        lines.append(
            (
                price,
                [
                    (Fraction(one), Fraction(cents * weight, 100 * sum(weights)))
                    for one, weight in zip(units, weights, strict=True)
                ],
            )
        )
    return lines


def sliced(
    lines: list[tuple[str, Days]], grants: list[GrantBalance], cuts: list[datetime]
) -> list[OwedLine]:
    parts = PERIOD.split([*grant_cuts(grants), *cuts])
    return [
        OwedLine(
            "usage",
            price,
            tuple(
                OwedPart(
                    part,
                    sum((owed for _, owed in inside), Fraction(0)),
                    sum((units for units, _ in inside), Fraction(0)),
                )
                for part in parts
                for inside in [days[(part.start - START).days : (part.end - START).days]]
            ),
            unit="minute",
        )
        for price, days in lines
    ]


@given(some_grants(), days_of_lines())
def test_draws_stay_within_the_grant_the_line_and_the_total(
    grants: list[GrantBalance], lines: list[tuple[str, Days]]
) -> None:
    before = sliced(lines, grants, [])
    drawing = drawn(grants, *before)

    assert all(0 < one.used <= one.grant.left and one.amount >= 0 for one in drawing.draws)
    assert all(sum(share for _, share in one.shares) == one.amount for one in drawing.draws)
    owed = max(Fraction(0), sum((it.owed for it in before), Fraction(0)))
    assert sum((Fraction(one.amount) for one in drawing.draws), Fraction(0)) <= owed
    for index, (was, left) in enumerate(zip(before, drawing.lines, strict=True)):
        shares = [share for one in drawing.draws for at, share in one.shares if at == index]
        assert was.owed - left.owed == sum(shares)
        assert 0 <= left.quantity <= was.quantity
        assert min(left.owed, 0) == min(was.owed, 0)


@given(some_grants(), days_of_lines(), st.lists(st.integers(1, SOME_DAYS).map(day), max_size=6))
def test_slicing_changes_no_draw(
    grants: list[GrantBalance], lines: list[tuple[str, Days]], cuts: list[datetime]
) -> None:
    whole = drawn(grants, *sliced(lines, grants, []))

    assert drawn(grants, *sliced(lines, grants, cuts)).draws == whole.draws


@given(some_grants(), days_of_lines(), st.randoms(use_true_random=False))
def test_the_order_of_the_grants_changes_no_draw(
    grants: list[GrantBalance], lines: list[tuple[str, Days]], random: object
) -> None:
    mixed = list(grants)
    random.shuffle(mixed)  # type: ignore[attr-defined]

    assert drawn(mixed, *sliced(lines, grants, [])).draws == (
        drawn(grants, *sliced(lines, grants, [])).draws
    )


@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 3000)), min_size=1, max_size=4),
)
def test_without_bounds_in_time_units_are_drawn_as_a_plain_loop_does(
    sizes: list[int], lines: list[tuple[int, int]]
) -> None:
    grants = [minutes(f"g{number}", str(size)) for number, size in enumerate(sizes)]
    owing = [line((1, 31, str(units), f"{cents}/100")) for units, cents in lines]

    expected = []
    left = [(Fraction(units), cents) for units, cents in lines]
    for size in sizes:
        have, cents_paid = Fraction(size), 0
        for index, (units, cents) in enumerate(left):
            pays = min(have, units)
            if units and cents:
                share = floor(cents * pays / units)
                left[index] = units - pays, cents - share
                have, cents_paid = have - pays, cents_paid + share
        if have < size:
            expected.append((Decimal(cents_paid) / 100, Decimal(size) - int(have)))

    draws: tuple[Draw, ...] = drawn(grants, *owing).draws
    assert [(one.amount, one.quantity) for one in draws] == expected
