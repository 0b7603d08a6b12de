import pytest

from invoicing.rating.calls.call_rounding import rounding_of
from invoicing.rating.terms.calls import CallRounding


@pytest.mark.parametrize(
    "rule,rounded",
    [
        (CallRounding.HALF_UP, [0, 0, 1, 1, 1, 1, 2, 2, 3]),
        (CallRounding.HALF_EVEN, [0, 0, 0, 1, 1, 1, 2, 2, 2]),
        (CallRounding.UP, [0, 1, 1, 1, 1, 2, 2, 2, 3]),
        (CallRounding.DOWN, [0, 0, 0, 0, 1, 1, 1, 1, 2]),
    ],
)
def test_quarters_and_halves_are_rounded_by_the_rule(
    rule: CallRounding, rounded: list[int]
) -> None:
    quarters = [0, 1, 2, 3, 4, 5, 6, 7, 10]

    assert [rounding_of(rule)(amount, 4) for amount in quarters] == rounded


def test_thirds_are_nearer_to_one_side() -> None:
    for rule in (CallRounding.HALF_UP, CallRounding.HALF_EVEN):
        assert [rounding_of(rule)(amount, 3) for amount in range(7)] == [0, 0, 1, 1, 1, 2, 2]
