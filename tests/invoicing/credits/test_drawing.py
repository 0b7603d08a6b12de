from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.credits.drawing import Drawing, draw, draw_order
from invoicing.credits.grants import GrantBalance, GrantKind, grant_cuts
from invoicing.credits.owed import NotSliced, OwedLine, OwedPart
from values.period import Period

START = datetime(2024, 11, 1, tzinfo=UTC)
NOVEMBER = Period(START, START + timedelta(days=30))


def day(number: int) -> datetime:
    return START + timedelta(days=number - 1)


def grant(
    code: str,
    left: str,
    *,
    begins: int = 1,
    ends: int | None = None,
    priority: int = 50,
    applies_to: tuple[str, ...] = (),
    kind: GrantKind = GrantKind.PREPAID,
    currency: str = "USD",
) -> GrantBalance:
    return GrantBalance(
        code,
        kind,
        Decimal(left),
        currency,
        day(begins),
        day(ends) if ends else None,
        priority,
        applies_to,
    )


def line(*parts: tuple[int, int, str], price: str = "calls", section: str = "usage") -> OwedLine:
    return OwedLine(
        section,
        price,
        tuple(OwedPart(Period(day(a), day(b)), Fraction(owed)) for a, b, owed in parts),
    )


def drawn(grants: list[GrantBalance], *lines: OwedLine) -> Drawing:
    return draw(grants, lines, kind=GrantKind.PREPAID, currency="USD")


def paid(drawing: Drawing) -> list[tuple[str, str]]:
    return [(it.grant.code, str(it.amount)) for it in drawing.draws]


def test_a_grant_pays_what_is_owed_and_keeps_the_rest() -> None:
    drawing = drawn([grant("g", "100")], line((1, 31, "2.60")), line((1, 31, "4.80")))

    assert paid(drawing) == [("g", "7.40")]
    assert drawing.draws[0].shares == ((0, Decimal("2.60")), (1, Decimal("4.80")))
    assert [it.owed for it in drawing.lines] == [0, 0]


def test_a_small_grant_is_spread_by_largest_remainder() -> None:
    drawing = drawn([grant("g", "1.00")], *[line((1, 31, "2.00"))] * 3)

    assert drawing.draws[0].shares == (
        (0, Decimal("0.34")),
        (1, Decimal("0.33")),
        (2, Decimal("0.33")),
    )


def test_grants_are_drawn_by_priority_expiry_start_and_code() -> None:
    grants = [
        grant("never", "1"),
        grant("b", "1", ends=40),
        grant("a", "1", ends=40),
        grant("sooner", "1", ends=35),
        grant("older", "1", begins=-5, ends=40),
        grant("first", "1", priority=10),
    ]

    assert [it.code for it in draw_order(grants)] == [
        "first",
        "sooner",
        "older",
        "a",
        "b",
        "never",
    ]


def test_a_grant_pays_only_for_events_in_its_own_time_rounded_down() -> None:
    thirds = line((1, 11, "10/3"), (11, 21, "10/3"), (21, 31, "10/3"))

    assert paid(drawn([grant("early", "100", ends=11)], thirds)) == [("early", "3.33")]
    assert paid(drawn([grant("late", "100", begins=11)], thirds)) == [("late", "6.66")]


def test_the_part_that_one_grant_paid_is_not_paid_again_by_another() -> None:
    halves = line((1, 11, "5"), (11, 31, "5"))
    grants = [grant("a", "3", ends=11), grant("b", "10", ends=11)]

    assert paid(drawn(grants, halves)) == [("a", "3.00"), ("b", "2.00")]


def test_the_earliest_usage_is_paid_first() -> None:
    halves = line((1, 11, "5"), (11, 31, "5"))
    grants = [grant("all", "5", priority=1), grant("late", "10", begins=11)]

    assert paid(drawn(grants, halves)) == [("all", "5.00"), ("late", "5.00")]


@pytest.mark.parametrize(
    "applies_to,amount", [((), "7.00"), (("usage",), "7.00"), (("sms",), "4.00")]
)
def test_a_grant_pays_the_sections_or_prices_it_is_for(
    applies_to: tuple[str, ...], amount: str
) -> None:
    lines = [line((1, 31, "3")), line((1, 31, "4"), price="sms")]

    assert paid(drawn([grant("g", "9", applies_to=applies_to)], *lines)) == [("g", amount)]


def test_grants_of_another_currency_kind_or_purpose_pay_nothing() -> None:
    grants = [
        grant("euro", "9", currency="EUR"),
        grant("gift", "9", kind=GrantKind.PROMOTIONAL),
        grant("seats", "9", applies_to=("platform",)),
        grant("empty", "0"),
    ]

    assert drawn(grants, line((1, 31, "3"))).draws == ()


def test_without_grants_all_stays_owed() -> None:
    lines = line((1, 31, "3"))

    assert drawn([], lines) == Drawing((), (lines,))


def test_a_line_without_events_is_paid_whole_if_its_days_overlap() -> None:
    fee = replace(line((1, 31, "9")), by_days=True)

    assert paid(drawn([grant("g", "100", begins=30)], fee)) == [("g", "9.00")]
    assert drawn([grant("g", "100", begins=31)], fee).draws == ()


def test_no_more_is_drawn_than_is_owed_in_all() -> None:
    drawing = drawn([grant("g", "100")], line((1, 31, "2.00")), line((1, 31, "-1.20")))

    assert paid(drawing) == [("g", "0.80")]


def test_a_part_across_the_end_of_a_grant_is_an_error() -> None:
    with pytest.raises(NotSliced):
        drawn([grant("g", "100", ends=11)], line((1, 31, "5")))


AMOUNTS = st.integers(-300, 2000).map(lambda cents: Fraction(cents, 100))
DAYS = st.integers(1, 31)


@st.composite
def some_grants(draw: st.DrawFn) -> list[GrantBalance]:
    grants = []
    for number in range(draw(st.integers(1, 4))):
        begins = draw(st.integers(1, 30))
        grants.append(
            grant(
                f"g{number}",
                str(Decimal(draw(st.integers(0, 3000))) / 100),
                begins=begins,
                ends=draw(st.none() | st.integers(begins + 1, 32)),
                priority=draw(st.integers(0, 2)),
                applies_to=draw(st.sampled_from([(), ("usage",), ("calls",), ("sms",)])),
            )
        )
    return grants


@st.composite
def daily_costs(draw: st.DrawFn) -> list[tuple[str, list[Fraction]]]:
    """Return prices with what each day of November costs; days add up to whole cents."""
    costs = []
    for price in ("calls", "sms", "calls"):
        amount, lowest = draw(AMOUNTS), draw(st.integers(-1, 0))
        weights = draw(st.lists(st.integers(lowest, 5), min_size=30, max_size=30))
        if sum(weights) <= 0:
            weights = [1] * 30
        costs.append((price, [amount * weight / sum(weights) for weight in weights]))
    return costs


def _index(instant: datetime) -> int:
    return (instant - START).days


def lines_of(
    costs: list[tuple[str, list[Fraction]]], grants: list[GrantBalance], cuts: list[datetime]
) -> list[OwedLine]:
    parts = NOVEMBER.split([*grant_cuts(grants), *cuts])
    return [
        OwedLine(
            "usage",
            price,
            tuple(
                OwedPart(part, sum(days[_index(part.start) : _index(part.end)], Fraction(0)))
                for part in parts
            ),
        )
        for price, days in costs
    ]


@given(some_grants(), daily_costs())
def test_draws_stay_within_grant_line_and_total(
    grants: list[GrantBalance], costs: list[tuple[str, list[Fraction]]]
) -> None:
    lines = lines_of(costs, grants, [])
    drawing = drawn(grants, *lines)

    for one in drawing.draws:
        assert 0 < one.amount <= one.grant.left
        assert sum(share for _, share in one.shares) == one.amount
        assert all(share > 0 for _, share in one.shares)
    total = sum(one.amount for one in drawing.draws)
    assert total <= max(Fraction(0), sum((it.owed for it in lines), Fraction(0)))
    for index, (before, after) in enumerate(zip(lines, drawing.lines, strict=True)):
        shares = [share for one in drawing.draws for at, share in one.shares if at == index]
        assert sum(shares) <= max(Fraction(0), before.owed)
        assert before.owed - after.owed == sum(shares)
    assert all(
        draw_order([one.grant, other.grant])[0] == one.grant
        for one, other in pairwise(drawing.draws)
    )


@given(some_grants(), daily_costs(), st.lists(DAYS.map(day), max_size=6))
def test_slicing_changes_no_draw(
    grants: list[GrantBalance], costs: list[tuple[str, list[Fraction]]], cuts: list[datetime]
) -> None:
    whole = drawn(grants, *lines_of(costs, grants, []))
    sliced = drawn(grants, *lines_of(costs, grants, cuts))

    assert sliced.draws == whole.draws
