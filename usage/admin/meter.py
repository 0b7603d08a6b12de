"""Meters."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.pages.billing_admin import BillingAdmin
from usage.admin.meter_form import FIXED_FIELDS, QUANTITY_FIELDS, MeterForm, has_counted
from usage.admin.meter_text import filters_text
from usage.models import Meter

FIXED = (
    *("legal_entity", "code", "event_name", "aggregation", "property", "group_keys", "calls"),
    "action_property",
)
FIXED_PARTS = ("only_events_where", "each_event_rounded")


@admin.register(Meter)
class MeterAdmin(BillingAdmin):
    """What is counted. Once it has counted, what it counts does not change."""

    form = MeterForm
    rows_are_kept = True
    list_display = (
        "display_name", "code", "event_name", "aggregation", "property", "unit", "dimensions",
        "legal_entity",
    )  # fmt: skip
    list_filter = ("legal_entity", "aggregation")
    list_select_related = ("legal_entity",)
    search_fields = ("code", "display_name", "event_name")
    autocomplete_fields = ("legal_entity",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return (*FIXED, *FIXED_PARTS) if has_counted(obj) else ("legal_entity",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what an event must be, what it counts, and what a period's sum becomes."""
        fixed = obj is not None and has_counted(obj)
        return [
            (None, {"fields": ("legal_entity", "code", "display_name", "event_name", "unit")}),
            (
                "What is counted",
                {
                    "fields": (
                        *("aggregation", "property", "group_keys", "calls", "allows_negative"),
                        *(FIXED_PARTS if fixed else FIXED_FIELDS),
                    )
                },
            ),
            (
                "Credits of actions",
                {
                    "classes": ("collapse",),
                    "fields": ("action_property", "credit_units_text"),
                },
            ),
            ("What the quantity of a period becomes", {"fields": QUANTITY_FIELDS}),
        ]

    @admin.display(description="dimensions")
    def dimensions(self, meter: Meter) -> str:
        return ", ".join(meter.group_keys)

    @admin.display(description="only events where")
    def only_events_where(self, meter: Meter) -> str:
        return filters_text(meter.filters) or "every event of this name"

    @admin.display(description="each event rounded")
    def each_event_rounded(self, meter: Meter) -> str:
        rounding = meter.event_rounding
        if not rounding:
            return "no"
        least = f", at least {rounding['minimum']}" if "minimum" in rounding else ""
        return f"up to {rounding['increment']}{least}"
