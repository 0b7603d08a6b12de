"""Invoices and what stands on them."""

from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q

from accounts.columns import ExactMoneyField, nothing
from accounts.models import Brand, Customer, LegalEntity
from accounts.models.identity import Identified
from catalog.models.versions import IdRange
from contracts.models import Contract

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from invoicing.models.credit import CreditApplication
    from invoicing.models.invoice_line import InvoiceLine, InvoiceTaxLine


class InvoiceState(models.TextChoices):
    """Stored states. Paid, overdue and the like are derived from settlements."""

    UPCOMING = "upcoming", "upcoming"
    DRAFT = "draft", "draft"
    ISSUED = "issued", "issued"
    SKIPPED = "skipped", "nothing to bill"
    VOID = "void", "void"


class InvoiceKind(models.TextChoices):
    """Which of a contract's days an invoice is of."""

    PERIOD = "period", "at the end of a period"
    OPENING = "opening", "on the contract's first day"


class Invoice(Identified):
    """
    What a contract owes for one period `[period_start, period_end)`, and in advance for the
    next; the opening one holds what is due on the contract's first day.

    Upcoming while the period runs, a draft until its time of grace is over, then
    issued and never changed again: the database refuses it. A period without lines
    is skipped and takes no number. `usage_snapshot` tells which readings were counted.
    """

    id_prefix = "inv"

    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="invoices")
    brand = models.ForeignKey(Brand, models.PROTECT, related_name="invoices")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoices")
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=10, choices=InvoiceKind.choices, default=InvoiceKind.PERIOD)
    state = models.CharField(
        max_length=10, choices=InvoiceState.choices, default=InvoiceState.UPCOMING
    )
    # NULL, not empty: until it is issued an invoice has no number, and many have none.
    number = models.CharField(max_length=40, null=True, blank=True)  # noqa: DJ001
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    closes_at = models.DateTimeField(help_text="The period's end and the time of grace.")
    issue_date = models.DateField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)

    currency = models.CharField(max_length=3)
    subtotal = ExactMoneyField(default=nothing)
    discounts = ExactMoneyField(default=nothing)
    tax = ExactMoneyField(default=nothing)
    total = ExactMoneyField(default=nothing)
    credits_applied = ExactMoneyField(default=nothing)
    amount_due = ExactMoneyField(default=nothing)

    tax_snapshot = models.JSONField(default=dict, blank=True)
    seller_snapshot = models.JSONField(default=dict, blank=True)
    buyer_snapshot = models.JSONField(default=dict, blank=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    usage_snapshot = models.TextField(blank=True)
    carried = models.JSONField(
        default=dict, blank=True, help_text="Free units and seconds left for the next period."
    )
    stopped_error = models.CharField(
        max_length=60, blank=True, help_text="Why it cannot be issued, as a code."
    )
    stopped_detail = models.TextField(blank=True)

    lines: "RelatedManager[InvoiceLine]"
    tax_lines: "RelatedManager[InvoiceTaxLine]"
    credit_applications: "RelatedManager[CreditApplication]"

    class Meta:
        ordering = ["-period_start", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "number"], name="invoice_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(state__in=InvoiceState.values), name="invoice_state_known"
            ),
            models.CheckConstraint(
                condition=Q(period_end__gt=F("period_start")), name="invoice_covers_some_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["upcoming", "draft", "skipped"], number=None)
                | Q(
                    state__in=["issued", "void"],
                    number__isnull=False,
                    issue_date__isnull=False,
                    due_date__isnull=False,
                    issued_at__isnull=False,
                ),
                name="invoice_numbered_when_issued",
            ),
            models.CheckConstraint(
                condition=Q(amount_due=F("total") - F("credits_applied")),
                name="invoice_due_is_total_less_credits",
            ),
            models.CheckConstraint(
                condition=Q(credits_applied__gte=0, discounts__gte=0),
                name="invoice_credits_not_negative",
            ),
            ExclusionConstraint(
                name="invoice_periods_do_not_overlap",
                expressions=[
                    (IdRange("contract_id"), "&&"),
                    (
                        Func(
                            F("period_start"),
                            F("period_end"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
                condition=~Q(state="void") & Q(kind="period"),
            ),
            models.UniqueConstraint(
                fields=["contract"],
                condition=~Q(state="void") & Q(kind="opening"),
                name="invoice_opening_once",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-period_start"], name="invoice_of_customer"),
            # The order of the list over all customers, and the span of its dates.
            models.Index(fields=["-period_start", "-id"], name="invoice_latest_first"),
            models.Index(
                fields=["closes_at"],
                condition=Q(state__in=["upcoming", "draft"]),
                name="invoice_to_close",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="issued_invoice_is_fixed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state__in=["issued", "skipped", "void"]),
            ),
            pgtrigger.Trigger(
                name="invoice_adds_up_when_issued",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Insert,
                condition=pgtrigger.Q(new__state="issued"),
                func="""
                    IF NEW.subtotal <> (SELECT coalesce(sum(amount), 0)
                                        FROM invoicing_invoiceline WHERE invoice_id = NEW.id)
                    OR NEW.tax <> (SELECT coalesce(sum(amount), 0)
                                   FROM invoicing_invoicetaxline WHERE invoice_id = NEW.id)
                    OR NEW.discounts + NEW.credits_applied <>
                       (SELECT coalesce(sum(amount), 0)
                        FROM invoicing_creditapplication WHERE invoice_id = NEW.id)
                    OR EXISTS (SELECT 1 FROM invoicing_invoiceline
                               WHERE invoice_id = NEW.id AND currency <> NEW.currency)
                    THEN
                        RAISE EXCEPTION 'the lines of invoice % do not add up to its totals',
                            NEW.id USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.get_state_display()} {self.period_start:%Y-%m-%d}"
