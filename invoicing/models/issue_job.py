"""Issuing many invoices at once, on request of staff."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.identity import Identified
from invoicing.models.invoice import Invoice

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class IssueJob(Identified):
    """A request to issue invoices; done when none of its items waits."""

    id_prefix = "job"

    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)

    items: "RelatedManager[IssueJobItem]"

    class Meta:
        ordering = ["-requested_at"]
        triggers = [
            pgtrigger.Protect(
                name="issue_job_is_fixed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.public_id


class IssueOutcome(models.TextChoices):
    """What became of one invoice of a job."""

    WAITING = "waiting", "waiting"
    ISSUED = "issued", "issued"
    SKIPPED = "skipped", "nothing to bill"
    REFUSED = "refused", "not issued"


class IssueJobItem(models.Model):
    """
    One invoice of a job and what became of it; `detail` says why it was not issued.

    `attempts` counts how often the database gave up on it.
    """

    job = models.ForeignKey(IssueJob, models.PROTECT, related_name="items")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="+")
    outcome = models.CharField(
        max_length=10, choices=IssueOutcome.choices, default=IssueOutcome.WAITING
    )
    detail = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["job", "id"]
        constraints = [
            models.UniqueConstraint(fields=["job", "invoice"], name="invoice_once_in_a_job"),
            models.CheckConstraint(
                condition=Q(outcome__in=IssueOutcome.values), name="issue_outcome_known"
            ),
        ]
        indexes = [
            models.Index(fields=["job"], condition=Q(outcome="waiting"), name="issue_item_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.invoice}: {self.get_outcome_display()}"
