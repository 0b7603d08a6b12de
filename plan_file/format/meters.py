"""Meters: what is counted."""

from usage.metering.meter import Aggregation, Meter
from values.fields import Keys, Place

KEYS = Keys(
    now=("code", "display_name", "event_name", "aggregation", "property", "group_keys", "unit"),
    later=(
        "filters",
        "event_rounding",
        "quantity_rounding",
        "unit_conversion",
        "credit_units",
        "action_property",
    ),
)
LATER_AGGREGATIONS = ("max", "latest", "unique_count", "weighted_sum")


def read_meter(place: Place) -> Meter | None:
    """Return the meter, None where it has problems."""
    section = place.section(KEYS)
    code = section.code("code")
    event_name = section.text("event_name")
    display_name = section.text_or("display_name", code)
    aggregation_place = section.need("aggregation")
    aggregation = aggregation_place and aggregation_place.choice(Aggregation, LATER_AGGREGATIONS)
    property_name = section.text_or("property", None)
    group_keys = section.texts("group_keys")
    unit = section.text_or("unit", None)
    return section.build(
        lambda: Meter(
            code=code,
            display_name=display_name,
            event_name=event_name,
            aggregation=aggregation or Aggregation.COUNT,
            property=property_name,
            group_keys=group_keys,
            unit=unit,
        )
    )
