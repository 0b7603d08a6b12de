from decimal import Decimal

import pytest

from invoicing.rating.terms.package import Package, PackageRounding
from tests.invoicing.rating.usage_prices import day, price_of, rated, reading, rows

UP = Package(Decimal(100), Decimal("5.00"), free_units=Decimal(50))
DOWN = Package(Decimal(100), Decimal("5.00"), Decimal(50), PackageRounding.DOWN)


@pytest.mark.parametrize(
    "model,minutes,packages",
    [
        (UP, "50", 0),
        (UP, "50.01", 1),
        (UP, "150", 1),
        (UP, "150.5", 2),
        (DOWN, "149.99", 0),
        (DOWN, "150", 1),
        (DOWN, "249", 1),
    ],
)
def test_packages_are_whole_beyond_the_free_units(
    model: Package, minutes: str, packages: int
) -> None:
    expected = [("", str(packages), f"{5 * packages}.00")] if packages else []

    assert rows(rated(price_of(model), [reading(day(1), minutes)]).lines) == expected


def test_a_line_counts_packages() -> None:
    (line,) = rated(price_of(UP), [reading(day(1), 40), reading(day(2), 200)]).lines

    assert (line.quantity, line.unit, line.unit_price) == (Decimal(2), "package", Decimal("5.00"))
    assert line.events == 2
    assert line.trace.steps[0].as_json() == {
        "step": "packages",
        "quantity": "240",
        "free_units": "50",
        "size": "100",
        "packages": "2",
        "round": "up",
    }


def test_a_package_that_is_open_goes_on_in_another_version() -> None:
    dearer = Package(Decimal(100), Decimal("9.00"), Decimal(50))
    usage = [reading(day(1), 120, [day(11)]), reading(day(12), 60, [day(11)])]

    assert rows(rated(price_of(UP, dearer, changes=[day(11)]), usage).lines) == [
        ("", "1", "5.00"),
        ("", "1", "9.00"),
    ]
    assert rows(rated(price_of(UP, dearer, changes=[day(11)]), usage[:1]).lines) == [
        ("", "1", "5.00")
    ]


def test_packages_stand_where_the_usage_is_that_opens_them() -> None:
    cuts = [day(11)]
    usage = [reading(day(1), 120, cuts), reading(day(12), 30, cuts), reading(day(13), 1, cuts)]

    (line,) = rated(price_of(UP), usage).lines

    assert [(int(part.quantity), part.events) for part in line.slices] == [(1, 1), (1, 2)]
