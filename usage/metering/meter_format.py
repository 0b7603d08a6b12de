"""
The structured parts of a meter, as JSON and YAML write them.

The plan file and the meter's row hold the same form: what a document says is what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from usage.metering.meter import (
    MOST_PLACES,
    CreditUnits,
    EventRounding,
    FilterValue,
    Meter,
    QuantityRounding,
    QuantityRoundingMode,
    UnitConversion,
)
from values.calendar import date_or_time
from values.exact import plain
from values.fields import Keys, Place, Section
from values.numeric_range import NumericRange
from values.problems import InvalidTerms, Problem, refuse

PARTS = (
    "filters",
    "event_rounding",
    "quantity_rounding",
    "unit_conversion",
    "action_property",
    "credit_units",
)

UP = "up"
"""The one way in which events are rounded."""
ROUND_UNITS = ("none", "up")
BOUNDS = ("gte", "gt", "lte", "lt")


class MeterParts(TypedDict):
    """The arguments of a `Meter` that are more than a word."""

    filters: Mapping[str, FilterValue]
    event_rounding: EventRounding | None
    quantity_rounding: QuantityRounding | None
    unit_conversion: UnitConversion | None
    action_property: str | None
    credit_units: tuple[CreditUnits, ...]


def parse_parts(raw: Mapping[str, object]) -> MeterParts:
    """
    Return the parts that a mapping of `PARTS` writes; times without an offset are UTC days.

    :raises InvalidTerms: every problem, with its path.
    """
    problems: list[Problem] = []
    parts = read_parts(Place(dict(raw), (), problems).section(Keys(PARTS)), zone="UTC")
    refuse(problems)
    return parts


def read_parts(section: Section, *, zone: str) -> MeterParts:
    """Return the parts among the keys of a section; dates are days of the zone."""
    return MeterParts(
        filters=section.read_or("filters", {}, _read_filters),
        event_rounding=section.read_or("event_rounding", None, _read_event_rounding),
        quantity_rounding=section.read_or("quantity_rounding", None, _read_quantity_rounding),
        unit_conversion=section.read_or("unit_conversion", None, _read_unit_conversion),
        action_property=section.text_or("action_property", None),
        credit_units=section.read_or(
            "credit_units", (), lambda place: _read_credit_units(place, zone)
        ),
    )


def written_parts(meter: Meter, *, zone: str) -> dict[str, object]:
    """Return what `read_parts` reads: the parts that the meter has, defaults left out."""
    parts = {
        "filters": {name: _written_filter(value) for name, value in meter.filters.items()},
        "event_rounding": _written_event_rounding(meter.event_rounding),
        "quantity_rounding": _written_quantity_rounding(meter.quantity_rounding),
        "unit_conversion": _written_unit_conversion(meter.unit_conversion),
        "action_property": meter.action_property,
        "credit_units": _written_credit_units(meter.credit_units, zone),
    }
    return {name: part for name, part in parts.items() if part}


def parts_of(meter: Meter) -> MeterParts:
    """Return the parts that a meter has."""
    return MeterParts(
        filters=meter.filters,
        event_rounding=meter.event_rounding,
        quantity_rounding=meter.quantity_rounding,
        unit_conversion=meter.unit_conversion,
        action_property=meter.action_property,
        credit_units=meter.credit_units,
    )


def stored_parts(parts: MeterParts) -> dict[str, object]:
    """
    Return every part as a row holds it: one way of writing each, nothing is empty, UTC.

    Credit units are always a list of versions, so that one version more is one item more.
    """
    return {
        "filters": {name: _written_filter(value) for name, value in parts["filters"].items()},
        "event_rounding": _written_event_rounding(parts["event_rounding"]) or {},
        "quantity_rounding": _written_quantity_rounding(parts["quantity_rounding"]) or {},
        "unit_conversion": _written_unit_conversion(parts["unit_conversion"]) or {},
        "action_property": parts["action_property"] or "",
        "credit_units": [_written_version(version, "UTC") for version in parts["credit_units"]],
    }


def _read_filters(place: Place) -> dict[str, FilterValue]:
    return {name: _read_filter(item) for name, item in place.entries()}


def _read_filter(place: Place) -> FilterValue:
    if isinstance(place.value, dict):
        section = place.section(Keys(BOUNDS))
        bounds = {name: section.decimal_or(name, None) for name in BOUNDS}
        return section.build(lambda: NumericRange(**bounds)) or ()
    if isinstance(place.value, list):
        return tuple(_read_allowed(item) for item in place.items())
    place.problem("must be a list of allowed values, or a range such as {gte: 10}")
    return ()


def _read_allowed(place: Place) -> str:
    if isinstance(place.value, bool):
        return "true" if place.value else "false"
    # A property may be there and empty; that is a value, too.
    return "" if place.value == "" else place.text()


def _read_event_rounding(place: Place) -> EventRounding | None:
    section = place.section(Keys(("mode", "increment", "minimum")))
    section.word_or("mode", (UP,))
    increment = section.decimal_or("increment", Decimal(1))
    minimum = section.decimal_or("minimum", Decimal(0))
    return section.build(lambda: EventRounding(increment, minimum))


def _read_quantity_rounding(place: Place) -> QuantityRounding | None:
    section = place.section(Keys(("mode", "places")))
    mode_place = section.need("mode")
    mode = mode_place.choice(QuantityRoundingMode) if mode_place else QuantityRoundingMode.UP
    places = section.whole_or("places", 0, most=MOST_PLACES)
    return section.build(lambda: QuantityRounding(mode, places))


def _read_unit_conversion(place: Place) -> UnitConversion | None:
    section = place.section(Keys(("divide_by", "label", "round")))
    divide_by_place = section.need("divide_by")
    divide_by = divide_by_place.decimal() if divide_by_place else Decimal(1)
    label = section.text("label")
    rounds_up = section.word_or("round", ROUND_UNITS) == UP
    return section.build(lambda: UnitConversion(divide_by, label, rounds_up))


def _read_credit_units(place: Place, zone: str) -> tuple[CreditUnits, ...]:
    if isinstance(place.value, list):
        read = [_read_version(item, zone) for item in place.items()]
        return tuple(version for version in read if version is not None)
    version = _read_units(place, place, None)
    return () if version is None else (version,)


def _read_version(place: Place, zone: str) -> CreditUnits | None:
    section = place.section(Keys(("effective_from", "units")))
    effective_from = section.instant_or("effective_from", None, zone=zone)
    units = section.need("units")
    return _read_units(place, units, effective_from) if units else None


def _read_units(
    place: Place, units_place: Place, effective_from: datetime | None
) -> CreditUnits | None:
    problems_before = len(place.problems)
    units = {action: item.decimal() for action, item in units_place.entries()}
    if len(place.problems) > problems_before:
        return None
    try:
        return CreditUnits(effective_from, units)
    except InvalidTerms as error:
        for problem in error.problems:
            place.problems.append(Problem((*units_place.path, *problem.path[1:]), problem.message))
        return None


def _written_filter(value: FilterValue) -> object:
    if isinstance(value, NumericRange):
        bounds = {name: getattr(value, name) for name in BOUNDS}
        return {name: plain(bound) for name, bound in bounds.items() if bound is not None}
    return list(value)


def _written_event_rounding(rounding: EventRounding | None) -> dict[str, object] | None:
    if rounding is None:
        return None
    written: dict[str, object] = {"mode": UP, "increment": plain(rounding.increment)}
    if rounding.minimum:
        written["minimum"] = plain(rounding.minimum)
    return written


def _written_quantity_rounding(rounding: QuantityRounding | None) -> dict[str, object] | None:
    if rounding is None:
        return None
    return {"mode": rounding.mode.value, "places": rounding.places}


def _written_unit_conversion(conversion: UnitConversion | None) -> dict[str, object] | None:
    if conversion is None:
        return None
    written = {"divide_by": plain(conversion.divide_by), "label": conversion.label}
    return {**written, "round": UP} if conversion.rounds_up else {**written}


def _written_credit_units(versions: tuple[CreditUnits, ...], zone: str) -> object:
    if [version.effective_from for version in versions] == [None]:
        return _written_units(versions[0])
    return [_written_version(version, zone) for version in versions]


def _written_version(version: CreditUnits, zone: str) -> dict[str, object]:
    units = {"units": _written_units(version)}
    if version.effective_from is None:
        return {**units}
    return {"effective_from": date_or_time(version.effective_from, zone), **units}


def _written_units(version: CreditUnits) -> dict[str, object]:
    return {action: plain(units) for action, units in version.units.items()}
