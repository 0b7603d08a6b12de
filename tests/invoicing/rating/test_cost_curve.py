"""Totals by quantity as straight pieces."""

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.rating.cost_curve import (
    Curved,
    Piece,
    cost_pieces,
    curve_bounds,
    has_curve,
    jumps_at_start,
    usual_reach,
)
from invoicing.rating.rate_card import OnUnmatched, RateCard
from invoicing.rating.terms.package import Package, PackageRounding
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.terms.tiers import Graduated, GraduatedPercentage, Tier, Volume

TIERS = (
    Tier(Decimal(100), Decimal(1)),
    Tier(Decimal(200), Decimal("0.5"), Decimal(10)),
    Tier(None, Decimal(0)),
)


def pieces(model: Curved, up_to: int) -> list[tuple[int, int | float, int, int | float]]:
    return [
        (int(each.start), *_as_int(each.start_total), int(each.end), *_as_int(each.end_total))
        for each in cost_pieces(model, up_to=Fraction(up_to))
    ]


def _as_int(amount: Fraction) -> tuple[int]:
    assert amount.denominator == 1
    return (int(amount),)


def test_graduated_prices_go_on_from_tier_to_tier_and_jump_by_flat_fees() -> None:
    assert pieces(Graduated(TIERS), 250) == [
        (0, 0, 100, 100),
        (100, 110, 200, 160),
        (200, 160, 250, 160),
    ]


def test_volume_prices_begin_anew_in_each_tier() -> None:
    assert pieces(Volume(TIERS), 250) == [
        (0, 0, 100, 100),
        (100, 60, 200, 110),
        (200, 0, 250, 0),
    ]


def test_a_curve_ends_where_the_picture_does() -> None:
    assert pieces(Graduated(TIERS), 100) == [(0, 0, 100, 100)]
    assert pieces(Graduated(TIERS), 150)[-1] == (100, 110, 150, 135)


def test_tiers_of_percentages_are_shares_of_the_value() -> None:
    model = GraduatedPercentage((Tier(Decimal(100), Decimal(10)), Tier(None, Decimal(5))))

    assert pieces(model, 200) == [(0, 0, 100, 10), (100, 10, 200, 15)]


def test_a_package_that_is_begun_counts() -> None:
    model = Package(Decimal(10), Decimal(3), free_units=Decimal(5))

    assert pieces(model, 30) == [(0, 0, 5, 0), (5, 3, 15, 3), (15, 6, 25, 6), (25, 9, 30, 9)]
    assert not jumps_at_start(model)


def test_a_package_counts_when_it_is_full() -> None:
    model = Package(Decimal(10), Decimal(3), round=PackageRounding.DOWN)

    assert pieces(model, 20) == [(0, 0, 10, 0), (10, 3, 20, 3), (20, 6, 20, 6)]
    assert pieces(model, 25) == [(0, 0, 10, 0), (10, 3, 20, 3), (20, 6, 25, 6)]
    assert jumps_at_start(model)


def test_very_many_packages_are_drawn_as_a_slope() -> None:
    model = Package(Decimal(1), Decimal(2), free_units=Decimal(100))

    assert pieces(model, 1000) == [(0, 0, 100, 0), (100, 0, 1000, 1800)]
    by_two = Package(Decimal(2), Decimal(3), free_units=Decimal(100))
    assert pieces(by_two, 1000) == [(0, 0, 100, 0), (100, 0, 1000, 1350)]


def test_a_percentage_runs_between_its_limits() -> None:
    model = Percentage(
        Decimal(10), Decimal(1), minimum_per_event=Decimal(2), maximum_per_event=Decimal(11)
    )

    assert pieces(model, 150) == [(0, 2, 10, 2), (10, 2, 100, 11), (100, 11, 150, 11)]
    assert usual_reach(model) == 125


def test_a_percentage_may_have_one_limit_alone() -> None:
    least = Percentage(Decimal(10), minimum_per_event=Decimal(2))
    most = Percentage(Decimal(10), maximum_per_event=Decimal(5))

    assert pieces(least, 50) == [(0, 2, 20, 2), (20, 2, 50, 5)]
    assert pieces(most, 100) == [(0, 0, 50, 5), (50, 5, 100, 5)]


def test_one_price_and_a_markup_are_one_line() -> None:
    assert pieces(PerUnit(unit_price=Decimal(2)), 10) == [(0, 0, 10, 20)]
    markup = Passthrough("cost", markup_percent=Decimal(20), markup_fixed=Decimal(1))
    assert pieces(markup, 10) == [(0, 1, 10, 13)]


@pytest.mark.parametrize(
    "model,bounds,reach",
    [
        (Graduated(TIERS), (100, 200), 250),
        (Volume((Tier(None, Decimal(1)),)), (), 100),
        (Package(Decimal(10), Decimal(1)), (), 50),
        (Package(Decimal(10), Decimal(1), free_units=Decimal(5)), (5,), 55),
        (Percentage(Decimal(2)), (), 125),
        (Percentage(Decimal(0), minimum_per_event=Decimal(2)), (), 125),
        (PerUnit(unit_price=Decimal(1)), (), 100),
    ],
)
def test_a_picture_reaches_beyond_the_last_bound(
    model: Curved, bounds: tuple[int, ...], reach: int
) -> None:
    assert curve_bounds(model) == tuple(Decimal(bound) for bound in bounds)
    assert usual_reach(model) == reach


def test_a_rate_card_has_no_one_curve() -> None:
    card = RateCard(code="card", meter="m", on_unmatched=OnUnmatched.QUARANTINE, versions=())

    assert not has_curve(PerUnit(rate_card=card))
    assert not has_curve("calls")
    assert has_curve(PerUnit(unit_price=Decimal(1)))


@given(
    st.decimals(1, 20, places=1),
    st.decimals(0, 5, places=1),
    st.decimals(0, 20, places=1),
    st.sampled_from(PackageRounding),
    st.fractions(1, 100),
)
def test_pieces_follow_each_other_without_a_gap(
    size: Decimal, price: Decimal, free: Decimal, rounding: PackageRounding, up_to: Fraction
) -> None:
    found = cost_pieces(Package(size, price, free, rounding), up_to=up_to)

    assert found[0].start == 0
    assert found[-1].end == up_to
    assert all(one.end == other.start for one, other in itertools.pairwise(found))
    assert all(isinstance(each, Piece) for each in found)
