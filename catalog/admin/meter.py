"""What prices add to meters: what a published one charges by does not change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from catalog.queries.meters_in_use import prices_of_meters
from usage.admin.meter import MeterAdmin
from usage.admin.meter_form import QUANTITY_FIELDS, MeterForm
from usage.models import Meter

_FIXED = ("code", "unit")
_FIXED_PARTS = ("period_rounded", "priced_per")

admin.site.unregister(Meter)


class PricedMeterForm(MeterForm):
    """A meter; one that a published price charges by has no fields of its quantity."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if price_of(self.instance) is not None:
            for name in QUANTITY_FIELDS:
                self.fields.pop(name, None)


@admin.register(Meter)
class PricedMeterAdmin(MeterAdmin):
    """What is counted. Once a published price charges by it, its quantities stay what they are."""

    form = PricedMeterForm

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = super().get_readonly_fields(request, obj)
        if obj is None or price_of(obj) is None:
            return fixed
        return tuple(dict.fromkeys((*fixed, *_FIXED, *_FIXED_PARTS)))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return those of the meter; a price that holds it is named."""
        sets = super().get_fieldsets(request, obj)
        price = None if obj is None else price_of(obj)
        if price is None:
            return sets
        why = (
            f"The published price “{price}” charges by this meter, so its code, its unit and "
            "these do not change: another way of counting is a new meter, with a new price."
        )
        return [
            (title, {**options, "fields": _FIXED_PARTS, "description": why})
            if options["fields"] == QUANTITY_FIELDS
            else (title, options)
            for title, options in sets
        ]

    @admin.display(description="quantity rounded")
    def period_rounded(self, meter: Meter) -> str:
        rounding = meter.quantity_rounding
        if not rounding:
            return "no"
        way = {"half_up": "to the nearest, halves up"}.get(rounding["mode"], rounding["mode"])
        return f"{way}, to {rounding.get('places', 0)} places"

    @admin.display(description="priced unit")
    def priced_per(self, meter: Meter) -> str:
        conversion = meter.unit_conversion
        if not conversion:
            return "each"
        begun = ", begun ones count whole" if conversion.get("round") == "up" else ""
        return f"{conversion['label']}: {conversion['divide_by']} of what is counted{begun}"


def price_of(meter: Meter) -> str | None:
    """Return the code of a published price that charges by the meter, if there is one."""
    return prices_of_meters(meters=[meter]).get(meter.pk) if meter.pk else None
