"""Quantities that a contract states: seats, lines, and what allowances are counted by."""

from datetime import datetime

from invoicing.assembly.terms import DatedQuantity
from plan_file.format.midnights import read_midnight
from values.fields import Keys, Place
from values.problems import InvalidTerms, Problem

KEYS = Keys(("from", "quantity"))


def read_quantities(
    place: Place, *, starts_at: datetime, zone: str
) -> dict[str, tuple[DatedQuantity, ...]]:
    """
    Return the quantities by name, each in the order of time.

    A plain number holds from the contract's start on.
    """
    return {
        name: _read_quantity(item, starts_at=starts_at, zone=zone) for name, item in place.entries()
    }


def _read_quantity(place: Place, *, starts_at: datetime, zone: str) -> tuple[DatedQuantity, ...]:
    if not isinstance(place.value, list):
        before = len(place.problems)
        quantity = place.decimal()
        if len(place.problems) == before and quantity < 0:
            place.problem("must not be negative")
        return (DatedQuantity(starts_at, quantity),)
    found: dict[datetime, DatedQuantity] = {}
    for item in place.items():
        dated = _read_dated(item, zone)
        if dated is None:
            continue
        if dated.starts_at in found:
            item.below("from", None).problem("two quantities begin on this day")
        found[dated.starts_at] = dated
    return tuple(found[instant] for instant in sorted(found))


def _read_dated(place: Place, zone: str) -> DatedQuantity | None:
    section = place.section(KEYS)
    starts_at = read_midnight(section.need("from"), zone)
    quantity_place = section.need("quantity")
    quantity = quantity_place.decimal() if quantity_place else None
    if starts_at is None or quantity is None:
        return None

    def build() -> DatedQuantity:
        if quantity < 0:
            raise InvalidTerms([Problem(("quantity",), "must not be negative")])
        return DatedQuantity(starts_at, quantity)

    return section.build(build)
