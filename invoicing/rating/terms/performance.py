"""A bonus or malus on other prices, by a measure of the period."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from values.problems import Problem, refuse


@dataclass(frozen=True, slots=True)
class Measure:
    """The quantity of a meter in the period, or its ratio to that of another."""

    meter: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class PerformanceBand:
    """
    What a measure in `(up_to of the band before, up_to]` brings; None has no end.

    `percent` of the prices' rounded lines, and an `amount`; a malus is negative.
    """

    up_to: Decimal | None
    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)


@dataclass(frozen=True)
class Performance:
    """
    One line in arrears: percent of the sum of the rounded lines of the prices in `of`, and
    the amount of the band. None where the measure is divided by 0.

    :raises InvalidTerms: with paths relative to the price.
    """

    measure: Measure
    of: tuple[str, ...]
    bands: tuple[PerformanceBand, ...]

    def __post_init__(self) -> None:
        problems = []
        if not self.bands:
            problems.append(Problem(("bands",), "needs at least one band"))
        below: Decimal | None = None
        for index, band in enumerate(self.bands):
            is_last = index == len(self.bands) - 1
            if band.up_to is None and not is_last:
                problems.append(Problem(("bands", index, "up_to"), "only the last band has no end"))
            if band.up_to is not None and below is not None and band.up_to <= below:
                problems.append(
                    Problem(
                        ("bands", index, "up_to"), f"must be more than {below}, where it begins"
                    )
                )
            below = band.up_to if band.up_to is not None else below
        refuse(problems)
