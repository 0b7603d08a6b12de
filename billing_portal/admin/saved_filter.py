"""Saved filters: one's own, and those that are for everybody."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import BillingAdmin
from billing_portal.desk.list_filters import list_address
from billing_portal.models import SavedFilter


@admin.register(SavedFilter)
class SavedFilterAdmin(BillingAdmin):
    """What staff saved above lists. They are made there; here they are renamed and removed."""

    list_display = ("name", "shown_list", "user", "is_shared")
    list_filter = ("is_shared",)
    list_select_related = ("user",)
    search_fields = ("name", "model")
    fields = ("name", "is_shared", "shown_list", "user")
    readonly_fields = ("shown_list", "user")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return own and shared filters; who administers people sees all."""
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(Q(user_id=request.user.pk) | Q(is_shared=True))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _is_ones_own(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_ones_own(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return none: a bulk deletion would take shared ones of others too."""
        return {}

    @admin.display(description="list", ordering="model")
    def shown_list(self, saved: SavedFilter) -> SafeString | str:
        address = list_address(saved.model, saved.query)
        return format_html('<a href="{}">{}</a>', address, saved.model) if address else saved.model


def _is_ones_own(request: HttpRequest, saved: SavedFilter | None) -> bool:
    return saved is None or request.user.is_superuser or saved.user_id == request.user.pk
