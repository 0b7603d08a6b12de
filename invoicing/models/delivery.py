"""What leaves the house with an issued invoice: its PDF and its e-mail."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from invoicing.models.invoice import Invoice


class InvoiceDocument(models.Model):
    """The PDF of an issued invoice, made once and kept."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="document")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    rendered_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="invoice_document_is_fixed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.invoice}.pdf"


class InvoiceEmail(models.Model):
    """The message that carries an issued invoice; sent once, tried until it is."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="email")
    to = models.EmailField()
    cc = ArrayField(models.EmailField(), default=list, blank=True)
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField()
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["-queued_at"]
        triggers = [
            pgtrigger.ReadOnly(
                name="invoice_email_is_fixed",
                fields=["invoice", "to", "cc", "subject", "text", "html", "queued_at"],
            ),
            pgtrigger.Protect(name="invoice_email_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"
