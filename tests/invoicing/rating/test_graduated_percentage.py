from decimal import Decimal

from invoicing.rating.terms.tiers import GraduatedPercentage
from tests.invoicing.rating.usage_prices import day, price_of, rated, reading, rows, tiers

MODEL = GraduatedPercentage(tiers(("1000", "2.5"), (None, "1.75", "10")))


def test_each_part_of_the_value_costs_the_percentage_of_its_tier() -> None:
    lines = rated(price_of(MODEL), [reading(day(1), "1234.56")]).lines

    assert rows(lines) == [
        ("tier 1", "1000", "25.00"),
        ("tier 2", "234.56", "4.10"),
        ("tier 2 flat fee", "1", "10.00"),
    ]
    assert lines[1].exact_amount == Decimal("4.1048")
    assert lines[1].unit_price is None
    assert lines[1].trace.model == "graduated_percentage"
