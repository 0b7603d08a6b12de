"""Staff looking at a customer's pages as that customer sees them, on record."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models.customer import Customer
from accounts.models.identity import Identified


class StaffVisit(Identified):
    """A member of staff who views the pages of a customer, from when to when, and why."""

    id_prefix = "vst"

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="visits")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="staff_visits")
    reason = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "customer"],
                condition=Q(ended_at=None),
                name="one_open_visit_of_staff_to_a_customer",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="visit_ends_after_it_starts",
            ),
        ]
        permissions = [("view_as_customer", "Can view the pages of a customer as it sees them")]
        triggers = [pgtrigger.Protect(name="visits_are_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.staff} as {self.customer}"


class VisitedPage(models.Model):
    """A page that staff looked at during a visit."""

    visit = models.ForeignKey(StaffVisit, models.PROTECT, related_name="pages")
    path = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        ordering = ["visit", "at", "id"]
        triggers = [
            pgtrigger.Protect(
                name="visited_pages_are_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.path
