"""Scheduled background work; who may only look does not start, stop or run it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django_celery_beat.admin import PeriodicTaskAdmin
from django_celery_beat.models import PeriodicTask

admin.site.unregister(PeriodicTask)


@admin.register(PeriodicTask)
class GuardedPeriodicTaskAdmin(PeriodicTaskAdmin):
    """The library's page, whose actions ask for no permission of their own."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return none for those who may not change a task."""
        actions: dict[str, Any] = super().get_actions(request)
        return actions if self.has_change_permission(request) else {}
