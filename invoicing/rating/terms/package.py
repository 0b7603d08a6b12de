"""Packages: a price for each started or each full package."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from invoicing.rating.entries import rate_problems
from values.problems import Problem, refuse


class PackageRounding(StrEnum):
    """Whether a package that is not full is charged."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Package:
    """
    `package_price` for each `package_size` units beyond the `free_units`.

    :raises InvalidTerms: with paths relative to the model.
    """

    package_size: Decimal
    package_price: Decimal
    free_units: Decimal = Decimal(0)
    round: PackageRounding = PackageRounding.UP

    def __post_init__(self) -> None:
        problems = rate_problems(self.package_price, "package_price")
        if self.package_size <= 0:
            problems.append(Problem(("package_size",), "must be more than 0"))
        if self.free_units < 0:
            problems.append(Problem(("free_units",), "must not be negative"))
        refuse(problems)
