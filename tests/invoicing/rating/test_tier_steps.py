from decimal import Decimal

import pytest

from invoicing.rating.terms.tiers import Tier
from invoicing.rating.tier_steps import parts_between, tier_at
from tests.invoicing.rating.fees import tiers

TIERS: tuple[Tier, ...] = tiers(("100", "3", "0"), ("200", "2", "0"), (None, "1", "0"))


def test_a_quantity_on_the_bound_stays_in_the_lower_tier() -> None:
    found = [tier_at(TIERS, Decimal(quantity)) for quantity in ("0", "100", "100.1", "200", "201")]

    assert found == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    "before,after,parts",
    [
        ("0", "50", [(0, "50")]),
        ("50", "50", [(0, "0")]),
        ("100", "150", [(1, "50")]),
        ("99", "101", [(0, "1"), (1, "1")]),
        ("50", "250", [(0, "50"), (1, "100"), (2, "50")]),
        ("250", "50", [(0, "-50"), (1, "-100"), (2, "-50")]),
        ("-10", "110", [(0, "110"), (1, "10")]),
        ("200", "100", [(1, "-100")]),
    ],
)
def test_each_tier_gets_its_part_of_the_way(
    before: str, after: str, parts: list[tuple[int, str]]
) -> None:
    assert list(parts_between(TIERS, Decimal(before), Decimal(after))) == [
        (index, Decimal(part)) for index, part in parts
    ]
