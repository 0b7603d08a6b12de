"""Filters of staff lists that somebody keeps under a name."""

from django.conf import settings
from django.db import models


class SavedFilter(models.Model):
    """A list of the admin with its filters, search and order, as the query of its address."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    model = models.CharField(max_length=100, help_text="As in invoicing.invoice.")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)
    is_shared = models.BooleanField("for everybody", default=False)

    class Meta:
        ordering = ["model", "name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "model", "name"], name="saved_filter_once")
        ]

    def __str__(self) -> str:
        return self.name
