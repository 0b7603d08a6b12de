"""Packages: whole packages beyond the free units, counted over the period."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from invoicing.rating.charge import Charge
from invoicing.rating.gathered import Gathered, Usage, quantities_of
from invoicing.rating.lines import Line
from invoicing.rating.reached import Reached
from invoicing.rating.terms.package import Package, PackageRounding
from invoicing.rating.trace_steps import StepKind, TraceStep
from invoicing.rating.usage_line import usage_line
from values.exact import plain
from values.number import Number, plus, times

MODEL = "package"
UNIT = "package"


def rate_package(
    charge: Charge, model: Package, usage: Iterable[Usage], reached: Reached
) -> tuple[Line, ...]:
    """
    Return the line of the packages that a version's usage opens (or fills, rounded down).

    The count goes on from that `reached`: a package that another version opened is not
    charged again. Packages are put where the usage is that opens them.
    """
    behind = Gathered()
    count = reached.quantity
    opened = packages_in(model, count)
    for quantity in quantities_of(usage):
        count = plus(count, quantity.quantity)
        now_open = packages_in(model, count)
        behind.add(quantity.period, Decimal(now_open - opened), quantity.events)
        opened = now_open
    packages = behind.quantity
    if not packages:
        return ()
    line = usage_line(
        charge,
        behind,
        model=MODEL,
        exact=times(packages, model.package_price),
        rate=model.package_price,
        unit=UNIT,
        steps=(_step(model, count, packages),),
    )
    return (line,)


def packages_in(model: Package, quantity: Number) -> int:
    """Return how many packages a quantity takes beyond the free units; none below them."""
    beyond = (Fraction(quantity) - Fraction(model.free_units)) / Fraction(model.package_size)
    if beyond <= 0:
        return 0
    return ceil(beyond) if model.round == PackageRounding.UP else floor(beyond)


def _step(model: Package, quantity: Number, packages: Number) -> TraceStep:
    return TraceStep(
        StepKind.PACKAGES,
        {
            "quantity": plain(quantity),
            "free_units": plain(model.free_units),
            "size": plain(model.package_size),
            "packages": plain(packages),
            "round": model.round.value,
        },
    )
