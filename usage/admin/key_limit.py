"""How much single API keys may send, where it is not what all may."""

from django.contrib import admin

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.count_columns import count_column
from usage.models import KeyLimit


@admin.register(KeyLimit)
class KeyLimitAdmin(BillingAdmin):
    """Keys with limits of their own; one without is bound by those of all keys."""

    list_display = ("api_key", "partner", "requests_told", "events_told")
    list_select_related = ("api_key__partner",)
    search_fields = ("api_key__prefix", "api_key__name", "api_key__partner__name")
    autocomplete_fields = ("api_key",)
    fieldsets = (
        (
            None,
            {
                "fields": ("api_key", "requests_per_minute", "events_per_minute"),
                "description": "When the key is rotated, its successor begins with the same "
                "limits; nothing more is needed. From then on each has its own.",
            },
        ),
    )

    requests_told = count_column("requests_per_minute")
    events_told = count_column("events_per_minute")

    @admin.display(description="partner", ordering="api_key__partner__name")
    def partner(self, limit: KeyLimit) -> str:
        return str(limit.api_key.partner)
