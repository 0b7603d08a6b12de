"""The keys of charges that count no usage: recurring, seat and one-time."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from invoicing.rating.price_format.tiers import read_tiers, tiers_as_json
from invoicing.rating.terms.fixed import OneTime, Proration, Recurring, Seat, Timing
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.tiers import Graduated, Volume
from values.exact import plain
from values.fields import Section


class ChargedAt(StrEnum):
    """When a one-time charge is due."""

    START = "start"


def read_recurring(section: Section) -> Recurring | None:
    """Return the terms, None where they have problems."""
    amount = _amount(section)
    timing, prorate = _timing(section), _prorate(section)
    return section.build(lambda: Recurring(amount=amount, timing=timing, prorate=prorate))


def read_one_time(section: Section) -> OneTime | None:
    """Return the terms, None where they have problems."""
    amount = _amount(section)
    section.choice_or("at", ChargedAt.START)
    return section.build(lambda: OneTime(amount=amount))


def read_seat(section: Section, model: str) -> Seat | None:
    """Return the terms by the model's word, None where they have problems."""
    priced: PerUnit | Graduated | Volume | None
    if model == "graduated":
        priced = read_tiers(section, Graduated)
    elif model == "volume":
        priced = read_tiers(section, Volume)
    else:
        priced = _read_unit_price(section)
    timing, prorate = _timing(section), _prorate(section)
    if priced is None:
        return None
    return section.build(lambda: Seat(model=priced, timing=timing, prorate=prorate))


def recurring_as_json(model: Recurring) -> dict[str, object]:
    """Return the keys that `read_recurring` reads."""
    return {"amount": plain(model.amount)} | _dates_as_json(model)


def one_time_as_json(model: OneTime) -> dict[str, object]:
    """Return the keys that `read_one_time` reads; they are due at the start."""
    return {"amount": plain(model.amount)}


def seat_as_json(model: Seat) -> dict[str, object]:
    """Return the keys that `read_seat` reads, `model` only of the tiered ones."""
    priced = model.model
    written: dict[str, object]
    if isinstance(priced, PerUnit):
        assert priced.unit_price is not None
        written = {"unit_price": plain(priced.unit_price)}
    else:
        word = "graduated" if isinstance(priced, Graduated) else "volume"
        written = {"model": word} | tiers_as_json(priced)
    return written | _dates_as_json(model)


def _read_unit_price(section: Section) -> PerUnit | None:
    place = section.need("unit_price")
    price = place.decimal() if place else Decimal(0)
    return section.build(lambda: PerUnit(unit_price=price))


def _amount(section: Section) -> Decimal:
    place = section.need("amount")
    return place.decimal() if place else Decimal(0)


def _timing(section: Section) -> Timing:
    return section.choice_or("timing", Timing.ADVANCE)


def _prorate(section: Section) -> Proration:
    return section.choice_or("prorate", Proration.DAY)


def _dates_as_json(model: Recurring | Seat) -> dict[str, object]:
    return {
        "timing": None if model.timing is Timing.ADVANCE else model.timing.value,
        "prorate": None if model.prorate is Proration.DAY else model.prorate.value,
    }
