from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.assembly.owed import owed_lines, with_taxes
from invoicing.credits.drawing import draw
from invoicing.credits.grants import GrantBalance, GrantKind
from invoicing.credits.owed import OwedLine, OwedPart
from invoicing.rating.lines import Line
from invoicing.rating.trace import RateSource, Trace
from usage.metering.quantity import Quantity
from values.money import Rounding
from values.number import Number
from values.period import Period

START = datetime(2024, 11, 1, tzinfo=UTC)
NOVEMBER = Period(START, START + timedelta(days=30))


def day(number: int) -> Period:
    return Period(START + timedelta(days=number - 1), START + timedelta(days=number))


def line(
    amount: str,
    *slices: tuple[int, str, int],
    quantity: str | None = None,
    slice_amounts: tuple[Number, ...] | None = None,
) -> Line:
    """Return a line of minutes with slices of (day, quantity, events)."""
    parts = tuple(
        Quantity((), day(number), Decimal(value), events) for number, value, events in slices
    )
    total = Decimal(quantity) if quantity else sum((p.quantity for p in parts), Decimal(0))
    money = Decimal(amount)
    trace = Trace(
        price="calls",
        price_version=None,
        source=RateSource.TERMS,
        rate_card=None,
        rate_version=None,
        entry=None,
        passed_over=(),
        label="",
        quantity=total,
        unit="minute",
        rate=None,
        currency="USD",
        exact_amount=money,
        rounding=Rounding.HALF_UP,
        amount=money,
    )
    return Line(
        section="usage",
        price="calls",
        description="Calls",
        dimensions=(),
        quantity=total,
        unit="minute",
        unit_price=None,
        exact_amount=money,
        amount=money,
        currency="USD",
        events=None,
        rate_version=None,
        period=NOVEMBER,
        tax_code=None,
        meter="CALL",
        slices=parts,
        trace=trace,
        slice_amounts=slice_amounts,
    )


def parts(owed: OwedLine) -> list[tuple[int, str, str]]:
    """Return (day, owed, units)."""
    return [(part.period.start.day, str(part.owed), str(part.quantity)) for part in owed.parts]


def only(found: Sequence[OwedLine]) -> OwedLine:
    (one,) = found
    return one


def test_a_rounded_amount_goes_to_the_slices_by_their_quantity() -> None:
    owed = only(owed_lines([line("1.00", (1, "1", 1), (2, "2", 1))]))

    assert parts(owed) == [(1, "1/3", "1"), (2, "2/3", "2")]
    assert (owed.section, owed.price, owed.unit, owed.by_days) == (
        "usage",
        "calls",
        "minute",
        False,
    )


def test_slices_that_cost_more_than_their_quantity_owe_more() -> None:
    dear = line("4.00", (1, "1", 1), (2, "2", 1), slice_amounts=(Decimal(3), Fraction(1)))

    assert parts(only(owed_lines([dear]))) == [(1, "3", "1"), (2, "1", "2")]


def test_slices_of_one_stretch_are_one_part() -> None:
    events = line("3.00", (1, "1", 1), (2, "1", 1), (2, "1", 1), (1, "3", 1))

    assert parts(only(owed_lines([events]))) == [(1, "2", "4"), (2, "1", "2")]


def test_a_quantity_that_was_rounded_goes_to_the_slices_too() -> None:
    rounded = line("6.00", (1, "0.5", 1), (2, "1", 1), quantity="3")

    assert parts(only(owed_lines([rounded]))) == [(1, "2", "1"), (2, "4", "2")]


def test_values_that_add_up_to_nothing_are_divided_by_events() -> None:
    fees = line("0.90", (1, "5", 1), (2, "-5", 2), quantity="0")

    assert parts(only(owed_lines([fees]))) == [(1, "3/10", "0"), (2, "3/5", "0")]


def test_slices_of_no_event_share_evenly() -> None:
    level = line("1.00", (1, "0", 0), (2, "0", 0), quantity="0")

    assert parts(only(owed_lines([level]))) == [(1, "1/2", "0"), (2, "1/2", "0")]


def test_a_line_without_events_is_one_part_of_its_whole_period() -> None:
    owed = only(owed_lines([line("9.00", quantity="3")]))

    assert owed.by_days
    assert owed.parts == (OwedPart(NOVEMBER, Fraction(9), Fraction(3)),)


def test_tax_is_divided_like_what_is_owed() -> None:
    lines = owed_lines([line("3.00", (1, "1", 1), (2, "2", 1)), line("1.00", (1, "1", 1))])

    taxed, untaxed = with_taxes(lines, [Decimal("0.30"), Decimal("0.00")])

    assert parts(taxed) == [(1, "11/10", "1"), (2, "11/5", "2")]
    assert untaxed is lines[1]


def test_tax_on_nothing_owed_is_divided_evenly() -> None:
    lines = owed_lines([line("0.00", (1, "1", 1), (2, "2", 1))])

    assert parts(only(with_taxes(lines, [Decimal("0.30")]))) == [(1, "3/20", "1"), (2, "3/20", "2")]


@pytest.mark.parametrize("weighed", [False, True])
@given(
    st.integers(-500, 500),
    st.lists(st.tuples(st.integers(1, 5), st.integers(-3, 9), st.integers(0, 3)), min_size=1),
)
def test_the_parts_add_up_to_the_line(
    weighed: bool, cents: int, slices: list[tuple[int, int, int]]
) -> None:
    amounts = tuple(Fraction(value, 7) + 1 for _, value, _ in slices) if weighed else None
    one = line(
        str(Decimal(cents) / 100),
        *((number, str(value), events) for number, value, events in slices),
        slice_amounts=amounts,
    )

    owed = only(owed_lines([one]))

    assert owed.owed == Fraction(cents, 100)
    assert owed.quantity == Fraction(one.quantity)


@given(
    st.integers(1, 500),
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 9)), min_size=1, max_size=12),
    st.integers(0, 40),
    st.integers(2, 6),
)
def test_a_grant_is_left_with_the_same_however_finely_events_are_sliced(
    cents: int, events: list[tuple[int, int]], left: int, ends: int
) -> None:
    by_day: dict[int, int] = {}
    for number, value in sorted(events):
        by_day[number] = by_day.get(number, 0) + value
    quantity = str(sum(by_day.values()))
    amount = str(Decimal(cents) / 100)
    fine = line(amount, *((number, str(value), 1) for number, value in events), quantity=quantity)
    coarse = line(
        amount,
        *((number, str(value), 1) for number, value in by_day.items()),
        quantity=quantity,
    )
    grants = [
        GrantBalance(
            "a", GrantKind.PREPAID, Decimal(left), "USD", START, day(ends).start, unit="minute"
        ),
        GrantBalance(
            "b", GrantKind.PREPAID, Decimal(left), "USD", day(2).start, None, unit="minute"
        ),
        GrantBalance("c", GrantKind.PREPAID, Decimal(left) / 10, "USD", START, day(3).start),
    ]

    draws = [
        draw(grants, owed_lines([one]), kind=GrantKind.PREPAID, currency="USD").draws
        for one in (fine, coarse)
    ]

    assert draws[0] == draws[1]


def test_prepaid_units_pay_what_promotional_ones_left_with_its_tax() -> None:
    gift, pack = (
        GrantBalance(kind.value, kind, Decimal(4), "USD", START, None, unit="minute")
        for kind in (GrantKind.PROMOTIONAL, GrantKind.PREPAID)
    )
    owed = owed_lines([line("3.00", (1, "4", 1), (2, "6", 1))])

    given = draw([gift, pack], owed, kind=GrantKind.PROMOTIONAL, currency="USD")
    taxed = with_taxes(given.lines, [Decimal("0.18")])  # a tenth of the 1.80 that are left
    paid = draw([gift, pack], taxed, kind=GrantKind.PREPAID, currency="USD")

    assert [(str(it.amount), str(it.quantity)) for it in given.draws] == [("1.20", "4")]
    # 1.98 x 4 / 6
    assert [(str(it.amount), str(it.quantity)) for it in paid.draws] == [("1.32", "4")]
