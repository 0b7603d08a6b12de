"""Meters: what is counted."""

from collections.abc import Collection

from plan_file.format.yaml_layout import OneLine, Written
from usage.metering.meter import Aggregation, Meter
from usage.metering.meter_format import PARTS, read_parts, written_parts
from values.fields import Keys, Place

KEYS = Keys(
    (
        *("code", "display_name", "event_name", "aggregation", "property", "group_keys", "unit"),
        *PARTS,
    )
)


def read_meter(
    place: Place, *, zone: str = "UTC", call_meters: Collection[str] = ()
) -> Meter | None:
    """
    Return the meter, None where it has problems.

    Dates are days of `zone`, the document's. `call_meters` are the codes of those that call
    prices name: their events are phone calls, which need no property to count. Any meter of a
    document takes corrections: what a period adds up to is at least 0.
    """
    section = place.section(KEYS)
    code = section.code("code")
    event_name = section.text("event_name")
    display_name = section.text_or("display_name", code)
    aggregation_place = section.need("aggregation")
    aggregation = aggregation_place and aggregation_place.choice(Aggregation)
    property_name = section.text_or("property", None)
    group_keys = section.texts("group_keys")
    unit = section.text_or("unit", None)
    parts = read_parts(section, zone=zone)
    return section.build(
        lambda: Meter(
            code=code,
            display_name=display_name,
            event_name=event_name,
            aggregation=aggregation or Aggregation.COUNT,
            property=property_name,
            group_keys=group_keys,
            unit=unit,
            allows_negative=True,
            calls=code in call_meters,
            **parts,
        )
    )


def written_meter(meter: Meter, *, zone: str) -> dict[str, Written]:
    """Return the meter as the file writes it, keys in their order, defaults left out."""
    written: dict[str, Written] = {
        "code": meter.code,
        "display_name": None if meter.display_name == meter.code else meter.display_name,
        "event_name": meter.event_name,
        "aggregation": meter.aggregation.value,
        "property": meter.property,
        "group_keys": list(meter.group_keys),
        "unit": meter.unit,
    }
    parts = {name: _laid_out(part) for name, part in written_parts(meter, zone=zone).items()}
    return {key: value for key, value in (written | parts).items() if value not in (None, [])}


def _laid_out(part: Written) -> Written:
    if isinstance(part, dict):
        return OneLine(part)
    return [OneLine(item) for item in part] if isinstance(part, list) else part
