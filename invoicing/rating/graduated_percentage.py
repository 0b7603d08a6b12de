"""Graduated percentages: each part of the value costs the percentage of its tier."""

from __future__ import annotations

from collections.abc import Iterable

from invoicing.rating.charge import Charge
from invoicing.rating.gathered import Usage
from invoicing.rating.graduated import tiered_lines
from invoicing.rating.lines import Line
from invoicing.rating.reached import Reached
from invoicing.rating.terms.tiers import GraduatedPercentage
from values.number import percent_of

MODEL = "graduated_percentage"


def rate_graduated_percentage(
    charge: Charge, model: GraduatedPercentage, usage: Iterable[Usage], reached: Reached
) -> tuple[Line, ...]:
    """
    Return a line for each tier that the value reaches, as `rate_graduated` does.

    The quantity of a line is the value in its tier; it has no unit price.
    """
    return tiered_lines(
        charge,
        model,
        usage,
        reached,
        name=MODEL,
        price=lambda tier, value: percent_of(tier.rate, value),
        priced_by_unit=False,
    )
