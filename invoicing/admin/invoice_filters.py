"""Which invoices wait for somebody."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from invoicing.models import InvoiceState


class StoppedFilter(admin.SimpleListFilter):
    """Open invoices that cannot be issued as they stand."""

    title = "stopped"
    parameter_name = "stopped"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "cannot be issued")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        is_open = queryset.filter(state__in=[InvoiceState.UPCOMING, InvoiceState.DRAFT])
        return is_open.exclude(stopped_error="")
