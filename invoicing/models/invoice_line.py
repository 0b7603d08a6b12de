"""The lines of invoices, of usage and fees and of tax; they are fixed with their invoice."""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.columns import ExactMoneyField, UnitPriceField
from invoicing.models.invoice import Invoice
from usage.models import DimensionSet, Meter
from values.identifiers import public_id


def fixed_once_issued(name: str, *, invoice_of_row: str = "OLD.invoice_id, NEW.invoice_id") -> Any:
    """
    Return the trigger that rows of an issued invoice do not come, change or go.

    `invoice_of_row` is SQL for the ids of its invoice before and after the change.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF EXISTS (
                SELECT 1 FROM invoicing_invoice AS i
                WHERE i.state IN ('issued', 'skipped', 'void') AND i.id IN ({invoice_of_row})
            ) THEN
                RAISE EXCEPTION 'an issued invoice does not change'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        """,
    )


class InvoiceLine(models.Model):
    """
    One line: a quantity at a rate, rounded once, with the way it was reached.

    Its events are the meter's readings of these dimensions in
    `[usage_from, usage_to)`. `exact_amount` is what was rounded, to 18 places.
    The id is made of what the line is about, so it survives a refresh.
    """

    id_prefix = "lin"

    uid = models.UUIDField(unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    section = models.CharField(max_length=12)
    price = models.CharField(max_length=64)
    description = models.TextField()
    dimensions = models.JSONField(default=dict)
    meter = models.ForeignKey(Meter, models.PROTECT, null=True, related_name="+")
    dimension_set = models.ForeignKey(DimensionSet, models.PROTECT, null=True, related_name="+")
    quantity = models.DecimalField(max_digits=48, decimal_places=18)
    unit = models.CharField(max_length=50, blank=True)
    unit_price = UnitPriceField(null=True)
    exact_amount = models.DecimalField(max_digits=48, decimal_places=18)
    currency = models.CharField(max_length=3)
    amount = ExactMoneyField()
    events = models.PositiveBigIntegerField(null=True)
    rate_version = models.DateTimeField(null=True)
    tax_code = models.CharField(max_length=64, blank=True)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    usage_from = models.DateTimeField(null=True)
    usage_to = models.DateTimeField(null=True)
    left = models.DecimalField(
        max_digits=48,
        decimal_places=18,
        null=True,
        help_text="Of an allowance: what remains of it.",
    )
    trace = models.JSONField(default=dict)

    class Meta:
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position")
        ]
        triggers = [fixed_once_issued("issued_invoice_line_is_fixed")]

    def __str__(self) -> str:
        return self.description

    @property
    def public_id(self) -> str:
        """Return the id that API and pages show."""
        return public_id(self.id_prefix, self.uid)


class InvoiceTaxLine(models.Model):
    """A tax or fee on an invoice, by the rule that made it."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="tax_lines")
    position = models.PositiveIntegerField()
    rule = models.CharField(max_length=100)
    label = models.CharField(max_length=200)
    base = models.DecimalField(max_digits=32, decimal_places=6)
    rate = models.DecimalField(max_digits=18, decimal_places=12)
    currency = models.CharField(max_length=3)
    amount = ExactMoneyField()
    exempt_base = models.DecimalField(max_digits=32, decimal_places=6, default=0)
    exempt_reason = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_tax_position")
        ]
        triggers = [fixed_once_issued("issued_invoice_tax_line_is_fixed")]

    def __str__(self) -> str:
        return self.label
