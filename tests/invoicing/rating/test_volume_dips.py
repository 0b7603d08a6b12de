"""Where volume pricing makes more usage cheaper."""

from bisect import bisect_left
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from invoicing.rating.terms.tiers import Tier, Volume
from invoicing.rating.volume_dips import Dip, dip_words, volume_dips


def volume(*tiers: tuple[str | None, str, str]) -> Volume:
    """Return a model of tiers, each up_to, rate and flat fee."""
    return Volume(
        tuple(
            Tier(None if up_to is None else Decimal(up_to), Decimal(rate), Decimal(fee))
            for up_to, rate, fee in tiers
        )
    )


def words(dip: Dip) -> str:
    return dip_words(
        dip, number=lambda value: f"{value:,}", money=lambda value: f"${value}", unit="minute"
    )


def test_a_cheaper_tier_costs_less_until_it_makes_up_for_it() -> None:
    (dip,) = volume_dips(volume(("1000", "0.10", "0"), (None, "0.08", "0")))

    assert dip == Dip(Decimal(1000), Fraction(100), Fraction(80), Fraction(1250))
    assert words(dip) == ("From 1,001 to 1,249 minutes the total is lower than at 1,000 ($100).")


def test_prices_that_rise_have_no_dip() -> None:
    assert volume_dips(volume(("10", "1", "0"), (None, "2", "5"))) == ()


def test_a_fee_that_makes_up_for_the_lower_price_leaves_no_dip() -> None:
    assert volume_dips(volume(("1000", "0.10", "0"), (None, "0.08", "20"))) == ()


def test_a_free_tier_without_end_never_comes_back() -> None:
    (dip,) = volume_dips(volume(("10", "1", "0"), (None, "0", "3")))

    assert dip == Dip(Decimal(10), Fraction(10), Fraction(3), None)
    assert words(dip) == "From 11 minutes on the total is lower than at 10 ($10)."


def test_a_dip_runs_on_through_tiers_that_do_not_make_up_for_it() -> None:
    dips = volume_dips(volume(("100", "1", "0"), ("110", "0.5", "0"), (None, "0.4", "0")))

    assert dips == (Dip(Decimal(100), Fraction(100), Fraction(44), Fraction(250)),)


def test_a_dip_ends_with_its_tier_where_the_next_one_jumps_above() -> None:
    (dip,) = volume_dips(volume(("100", "1", "0"), ("110", "0.5", "0"), (None, "2", "0")))

    assert dip == Dip(Decimal(100), Fraction(100), Fraction(50), Fraction(110), ends_inside=True)
    assert dip.whole_units() == (101, 110)


def test_several_tiers_may_each_have_a_dip() -> None:
    dips = volume_dips(volume(("10", "1", "0"), ("100", "0.8", "0"), (None, "0.5", "0")))

    assert [(dip.above, dip.ends) for dip in dips] == [
        (Decimal(10), Fraction(25, 2)),
        (Decimal(100), Fraction(160)),
    ]


def test_a_dip_of_one_unit_or_of_a_part_of_one_is_told() -> None:
    (one,) = volume_dips(volume(("10", "1", "0"), (None, "0.9", "0")))
    (part,) = volume_dips(volume(("10", "1", "0"), (None, "0.98", "0")))

    assert words(one) == "At 11 minutes the total is lower than at 10 ($10)."
    assert part.whole_units() is None
    assert words(part) == "Just above 10 minutes the total is lower than at 10 ($10)."


def test_a_unit_in_the_plural_stays() -> None:
    (dip,) = volume_dips(volume(("1000", "0.10", "0"), (None, "0.08", "0")))

    said = dip_words(dip, number=str, money=str, unit="1K tokens")

    assert said == "From 1001 to 1249 1K tokens the total is lower than at 1000 (100)."


@st.composite
def models(draw: st.DrawFn) -> Volume:
    """Return volumes with bounds among the first few units and prices of few digits."""
    bounds = sorted(draw(st.sets(st.integers(1, 12), min_size=0, max_size=4)))
    prices = st.decimals(0, 5, places=1)
    return Volume(
        tuple(
            Tier(None if bound is None else Decimal(bound), draw(prices), draw(prices))
            for bound in (*bounds, None)
        )
    )


def naive_total(model: Volume, quantity: Fraction) -> Fraction:
    bounds = [Fraction(tier.up_to) for tier in model.tiers if tier.up_to is not None]
    tier = model.tiers[bisect_left(bounds, quantity)]
    return quantity * Fraction(tier.rate) + Fraction(tier.flat_fee)


@given(models())
def test_a_quantity_is_in_a_dip_exactly_where_a_smaller_one_costs_more(model: Volume) -> None:
    dips = volume_dips(model)
    bounds = {Fraction(tier.up_to) for tier in model.tiers if tier.up_to is not None}
    most = Fraction(0)

    for quantity in sorted({*(Fraction(number, 2) for number in range(1, 60)), *bounds}):
        total = naive_total(model, quantity)
        assert any(_holds(dip, quantity) for dip in dips) == (total < most)
        most = max(most, total)


def _holds(dip: Dip, quantity: Fraction) -> bool:
    if quantity <= dip.above:
        return False
    if dip.ends is None or quantity < dip.ends:
        return True
    return dip.ends_inside and quantity == dip.ends
