"""The keys of a bonus or malus: `measure`, `of` and `bands`."""

from __future__ import annotations

from decimal import Decimal

from invoicing.rating.terms.performance import Measure, Performance, PerformanceBand
from values.exact import plain
from values.fields import Keys, Place, Section

MEASURE_KEYS = Keys(("divide", "by"))
BAND_KEYS = Keys(("up_to", "percent", "amount"))

_NOTHING = Decimal(0)


def read_performance(section: Section) -> Performance | None:
    """Return the terms, None where they have problems; the codes in them are not looked up."""
    measure_place = section.need("measure")
    measure = _read_measure(measure_place) if measure_place else None
    of_place, bands_place = section.need("of"), section.need("bands")
    codes = _read_codes(of_place.items()) if of_place else ()
    bands = [_read_band(item) for item in bands_place.items()] if bands_place else []
    if measure is None:
        return None
    return section.build(
        lambda: Performance(
            measure=measure, of=codes, bands=tuple(band for band in bands if band is not None)
        )
    )


def _read_measure(place: Place) -> Measure | None:
    if not isinstance(place.value, dict):
        before = len(place.problems)
        meter = place.text()
        return Measure(meter) if len(place.problems) == before else None
    section = place.section(MEASURE_KEYS)
    meter, by = section.text("divide"), section.text("by")
    return section.build(lambda: Measure(meter, by))


def _read_codes(places: list[Place]) -> tuple[str, ...]:
    codes: list[str] = []
    for place in places:
        code = place.text()
        if code and code in codes:
            place.problem(f"'{code}' stands here twice")
        codes.append(code)
    return tuple(codes)


def _read_band(place: Place) -> PerformanceBand | None:
    section = place.section(BAND_KEYS)
    up_to = section.decimal_or("up_to", None)
    percent = section.decimal_or("percent", _NOTHING)
    amount = section.decimal_or("amount", _NOTHING)
    return section.build(lambda: PerformanceBand(up_to, percent, amount))


def performance_as_json(model: Performance) -> dict[str, object]:
    """Return the keys that `read_performance` reads."""
    measure = model.measure
    return {
        "measure": {"divide": measure.meter, "by": measure.by} if measure.by else measure.meter,
        "of": list(model.of),
        "bands": [_band_as_json(band) for band in model.bands],
    }


def _band_as_json(band: PerformanceBand) -> dict[str, object]:
    written: dict[str, object] = {"up_to": None if band.up_to is None else plain(band.up_to)}
    for key, value in (("percent", band.percent), ("amount", band.amount)):
        if value:
            written[key] = plain(value)
    return written
