"""The keys of prices by the package."""

from __future__ import annotations

from decimal import Decimal

from invoicing.rating.terms.package import Package, PackageRounding
from values.exact import plain
from values.fields import Section


def read_package(section: Section) -> Package | None:
    """Return the terms, None where they have problems."""
    size_place, price_place = section.need("package_size"), section.need("package_price")
    size = size_place.decimal() if size_place else Decimal(0)
    price = price_place.decimal() if price_place else Decimal(0)
    free_units = section.decimal_or("free_units", Decimal(0))
    rounding = section.choice_or("round", PackageRounding.UP)
    return section.build(
        lambda: Package(
            package_size=size, package_price=price, free_units=free_units, round=rounding
        )
    )


def package_as_json(model: Package) -> dict[str, object]:
    """Return the keys that `read_package` reads."""
    return {
        "package_size": plain(model.package_size),
        "package_price": plain(model.package_price),
        "free_units": plain(model.free_units) if model.free_units else None,
        "round": None if model.round is PackageRounding.UP else model.round.value,
    }
