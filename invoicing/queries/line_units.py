"""The units that lines of invoices are counted in."""

from usage.models import Meter

_OF_PRICES = ("package", "seat", "second")


def line_units(*, legal_entity_id: int) -> list[str]:
    """
    Return the units of a seller's lines, by name: those of its meters, and those of prices.

    A grant in any other unit would never pay.
    """
    meters = Meter.objects.filter(legal_entity_id=legal_entity_id)
    found = set(_OF_PRICES)
    for unit, conversion in meters.values_list("unit", "unit_conversion"):
        found.add((conversion or {}).get("label") or unit)
    return sorted(found - {""})
