from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from invoicing.rating.fixed_charge import Amount, FixedCharge, fixed_line
from invoicing.rating.limits import limit_lines
from invoicing.rating.lines import Line
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.trace import StepKind
from tests.invoicing.rating.fees import JANUARY, NOVEMBER, charge, day, days, price, span, version
from values.period import Period

MODEL = PerUnit(unit_price=Decimal(1))


def limited(
    minimum: str | None,
    maximum: str | None = None,
    start: str | None = None,
    end: str | None = None,
) -> PriceVersion:
    return version(
        MODEL,
        start,
        end,
        section="usage",
        tax_code="VOIP_USAGE",
        minimum_amount=None if minimum is None else Decimal(minimum),
        maximum_amount=None if maximum is None else Decimal(maximum),
    )


def usage_price(*versions: PriceVersion) -> PriceTerms:
    return price(*versions, meter="CALL")


def line(of: FixedCharge, amount: str, period: Period | None = None) -> Line:
    exact = Amount(exact=Decimal(amount))
    return fixed_line(of, of.price.versions[0], period or of.covered, exact)


def true_ups(of: FixedCharge, *lines: Line) -> list[tuple[str, str, str]]:
    return [(found.description, span(found), str(found.amount)) for found in limit_lines(of, lines)]


def test_a_minimum_lifts_the_rounded_lines() -> None:
    of = charge(usage_price(limited("100")), NOVEMBER)

    (found,) = limit_lines(of, [line(of, "40.004"), line(of, "10.50")])

    assert (str(found.amount), found.exact_amount) == ("49.50", Decimal("49.50"))
    assert (found.quantity, found.unit, found.unit_price) == (Decimal(1), None, None)
    assert (found.section, found.price, found.tax_code) == ("true_up", "fee", "VOIP_USAGE")
    assert (found.events, found.meter, found.period) == (None, None, NOVEMBER)
    assert (found.description, found.trace.model) == ("Fee - minimum", "true_up")
    assert [(step.kind, step.values) for step in found.trace.steps] == [
        (
            StepKind.LIMIT,
            {
                "kind": "minimum",
                "amount": "100",
                "lines": "50.5",
                "days": "30",
                "of_days": "30",
            },
        )
    ]


def test_a_minimum_is_due_where_nothing_was_used() -> None:
    of = charge(usage_price(limited("100")), NOVEMBER)

    assert true_ups(of) == [("Fee - minimum", "11-01..12-01", "100.00")]


def test_a_maximum_is_a_negative_line() -> None:
    of = charge(usage_price(limited("10", "65")), NOVEMBER)

    assert true_ups(of, line(of, "100")) == [("Fee - maximum", "11-01..12-01", "-35.00")]


def test_what_keeps_the_limits_has_no_true_up() -> None:
    of = charge(usage_price(limited("10", "65")), NOVEMBER)

    for amount in ("10.00", "30.00", "65.00"):
        assert true_ups(of, line(of, amount)) == []
    assert true_ups(charge(usage_price(limited(None)), NOVEMBER)) == []


def test_the_prorated_minimum_is_rounded_before_the_lines_are_taken_off() -> None:
    """5 of 7 days of 1,000,000 less 71,429, not 5 of 7 of the difference."""
    week = days("2024-11-04", "2024-11-11")
    part = days("2024-11-06", "2024-11-11")
    of = charge(usage_price(limited("1000000")), part, full=week, currency="JPY")

    assert true_ups(of, line(of, "71429")) == [
        ("Fee - minimum", "11-06..11-11", str(714286 - 71429))
    ]
    assert 714286 - 71429 == 642857


def test_a_price_in_force_for_a_part_has_the_limit_of_its_days() -> None:
    gaps = usage_price(
        limited("300", None, "2024-11-01", "2024-11-06"),
        limited("999", None, "2024-11-11", "2024-11-16"),
    )

    assert true_ups(charge(gaps, NOVEMBER)) == [("Fee - minimum", "11-01..11-16", "100.00")]
    assert true_ups(charge(gaps, JANUARY)) == []


def test_a_new_version_of_the_book_does_not_change_the_limit_of_a_running_period() -> None:
    terms = usage_price(
        limited("300", None, None, "2024-11-11"), limited("600", None, "2024-11-11")
    )

    assert true_ups(charge(terms, NOVEMBER)) == [("Fee - minimum", "11-01..12-01", "300.00")]


def test_a_phase_that_changes_the_price_has_a_true_up_of_its_own() -> None:
    terms = usage_price(
        limited("300", None, None, "2024-11-11"), limited("600", None, "2024-11-11")
    )
    of = charge(terms, NOVEMBER, breaks=["2024-11-11"])
    before, after = days("2024-11-01", "2024-11-11"), days("2024-11-11", "2024-12-01")

    assert true_ups(of, line(of, "30", before), line(of, "500", after)) == [
        ("Fee - minimum", "11-01..11-11", "70.00")
    ]
    assert true_ups(of, line(of, "300", before), line(of, "5", after)) == [
        ("Fee - minimum", "11-11..12-01", "395.00")
    ]


def test_a_phase_that_leaves_the_price_alone_leaves_its_limit_whole() -> None:
    of = charge(usage_price(limited("300")), NOVEMBER, breaks=["2024-11-11"])

    assert true_ups(of, line(of, "100")) == [("Fee - minimum", "11-01..12-01", "200.00")]


def test_a_line_from_before_the_period_counts_for_its_first_part() -> None:
    terms = usage_price(limited("300", None, None, "2024-11-11"), limited("0", None, "2024-11-11"))
    of = charge(terms, NOVEMBER, breaks=["2024-11-11"])

    earlier = line(of, "100", days("2024-10-01", "2024-11-01"))

    assert true_ups(of, earlier) == []
    assert day("2024-11-11") in of.breaks


@given(
    st.lists(st.decimals(0, 500, places=3), max_size=5),
    st.decimals(0, 300, places=2),
    st.decimals(300, 900, places=2),
    st.integers(1, 30),
)
def test_lines_and_true_up_keep_the_prorated_limits(
    amounts: list[Decimal], minimum: Decimal, maximum: Decimal, first: int
) -> None:
    terms = usage_price(limited(str(minimum), str(maximum)))
    of = replace(charge(terms, NOVEMBER), covered=Period(day(f"2024-11-{first:02}"), NOVEMBER.end))
    lines = [line(of, str(amount)) for amount in amounts]

    total = sum(found.amount for found in (*lines, *limit_lines(of, lines)))

    part = Decimal(31 - first) / 30
    assert abs(min(Decimal(0), total - minimum * part)) <= Decimal("0.005")
    assert max(Decimal(0), total - maximum * part) <= Decimal("0.005")
