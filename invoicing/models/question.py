"""What a customer asks about an invoice or one of its lines, and what was answered."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.identity import Identified
from invoicing.models.invoice import Invoice
from invoicing.models.invoice_line import InvoiceLine
from values.identifiers import public_id


@pghistory.track()
class Question(Identified):
    """
    A question of a customer's person, with the line that it is about.

    A line of an upcoming invoice may be written anew, so the line is held by its stable uid,
    with the words and the amount that the person saw. Without `line_uid` it is about the whole
    invoice. Open until it is answered.
    """

    id_prefix = "qst"

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="questions")
    line_uid = models.UUIDField(null=True, blank=True)
    line_shown = models.TextField(blank=True, help_text="The line as the person saw it.")
    text = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="question_asks_something"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="question_answered_in_words",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(answered_at=None), name="question_to_answer"
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="question_is_fixed",
                fields=["invoice", "line_uid", "line_shown", "text", "asked_by", "asked_at"],
            ),
            pgtrigger.Protect(
                name="answer_is_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answered_at__isnull=False),
            ),
            pgtrigger.Protect(name="questions_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def line_public_id(self) -> str:
        """Return the public id of the line it is about, empty for the whole invoice."""
        return "" if self.line_uid is None else public_id(InvoiceLine.id_prefix, self.line_uid)
