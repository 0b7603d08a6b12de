"""Meters."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.pages.billing_admin import BillingAdmin
from usage.models import DimensionSet, Meter


@admin.register(Meter)
class MeterAdmin(BillingAdmin):
    """What is counted. Once it has counted, what it counts does not change."""

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
        if DimensionSet.objects.filter(meter=obj).exists():
            return ("legal_entity", "code", "event_name", "aggregation", "property", "group_keys")
        return ("legal_entity",)

    @admin.display(description="dimensions")
    def dimensions(self, meter: Meter) -> str:
        return ", ".join(meter.group_keys)
