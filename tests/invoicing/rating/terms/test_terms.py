"""Terms that could not be rated are refused where they are made, with paths for the file."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from invoicing.rating.terms.allowance import AllowanceScope, Included, Rollover
from invoicing.rating.terms.fixed import Seat
from invoicing.rating.terms.package import Package
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.terms.performance import Measure, Performance, PerformanceBand
from invoicing.rating.terms.tiers import Graduated, GraduatedPercentage, Tier
from tests.invoicing.ai_call_centre import CARD
from values.problems import InvalidTerms

ONE = Decimal(1)
MINUS = Decimal(-1)


def bands(*ends: int | None) -> Performance:
    found = tuple(PerformanceBand(None if end is None else Decimal(end)) for end in ends)
    return Performance(Measure("M"), (), found)


def tiers(*ends: int | None) -> tuple[Tier, ...]:
    return tuple(Tier(None if end is None else Decimal(end), ONE) for end in ends)


@pytest.mark.parametrize(
    "make,problems",
    [
        (
            lambda: Included(MINUS, rollover=Rollover(0, maximum=MINUS)),
            [
                "quantity: must not be negative",
                "rollover.periods: must be 1 or more",
                "rollover.maximum: must not be negative",
            ],
        ),
        (
            lambda: Included(ONE, scope=AllowanceScope.GROUP),
            ["pool: is required where a group shares it"],
        ),
        (
            lambda: Seat(PerUnit(rate_card=CARD, fallback_rate=ONE)),
            ["unit_price: is required: seats have no rate card"],
        ),
        (
            lambda: Package(Decimal(0), MINUS, free_units=MINUS),
            [
                "package_price: a rate must not be negative",
                "package_size: must be more than 0",
                "free_units: must not be negative",
            ],
        ),
        (
            lambda: Passthrough(" ", markup_percent=MINUS, markup_fixed=MINUS),
            [
                "markup_percent: a rate must not be negative",
                "markup_fixed: a rate must not be negative",
                "amount_property: must not be empty",
            ],
        ),
        (
            lambda: Percentage(MINUS, MINUS, -1, MINUS, MINUS, Decimal(-2)),
            [
                "percent: a rate must not be negative",
                "fixed_fee: a rate must not be negative",
                "free_amount: a rate must not be negative",
                "minimum_per_event: a rate must not be negative",
                "maximum_per_event: a rate must not be negative",
                "free_events: must not be negative",
                "maximum_per_event: is less than minimum_per_event",
            ],
        ),
        (bands, ["bands: needs at least one band"]),
        (lambda: bands(None, 5), ["bands[0].up_to: only the last band has no end"]),
        (
            lambda: bands(5, 5, 4, None),
            [
                "bands[1].up_to: must be more than 5, where it begins",
                "bands[2].up_to: must be more than 5, where it begins",
            ],
        ),
        (lambda: Graduated(()), ["tiers: needs at least one tier"]),
        (
            lambda: Graduated(tiers(5)),
            ["tiers[0].up_to: must be null: the last tier has no end"],
        ),
        (
            lambda: Graduated(tiers(None, 5, 4, 5, None)),
            [
                "tiers[0].up_to: only the last tier has no end",
                "tiers[2].up_to: must be more than 5, where it begins",
                "tiers[3].up_to: must be more than 5, where it begins",
            ],
        ),
        (
            lambda: Graduated(tiers(0, None)),
            ["tiers[0].up_to: must be more than 0, where it begins"],
        ),
        (
            lambda: Graduated((Tier(None, MINUS, flat_fee=MINUS),)),
            [
                "tiers[0].unit_price: a rate must not be negative",
                "tiers[0].flat_fee: a rate must not be negative",
            ],
        ),
        (
            lambda: GraduatedPercentage((Tier(None, MINUS),)),
            ["tiers[0].percent: a rate must not be negative"],
        ),
    ],
)
def test_terms_that_cannot_be_are_refused(make: Callable[[], object], problems: list[str]) -> None:
    with pytest.raises(InvalidTerms) as caught:
        make()

    assert [problem.text() for problem in caught.value.problems] == problems


def test_terms_on_the_bounds_can_be() -> None:
    nothing = Decimal(0)

    assert Included(nothing, rollover=Rollover(1, maximum=nothing)).quantity == 0
    assert Package(Decimal("0.001"), nothing, free_units=nothing).package_price == 0
    assert Percentage(nothing, nothing, 0, nothing, ONE, ONE).maximum_per_event == 1
    assert len(bands(-5, 0, None).bands) == 3
    assert len(bands(5).bands) == 1
