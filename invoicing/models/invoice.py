"""Invoices and what stands on them."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q

from accounts.columns import ExactMoneyField, UnitPriceField, nothing
from accounts.models import Brand, Customer, LegalEntity
from accounts.models.identity import Identified
from catalog.models.versions import IdRange
from contracts.models import Contract
from usage.models import DimensionSet, Meter
from values.identifiers import public_id

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from invoicing.models.credit import CreditApplication


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


class NumberSeries(models.Model):
    """
    The last invoice number that a legal entity used in a year.

    Sandbox customers have a series of their own: a trial leaves no gap among real numbers.
    """

    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    is_sandbox = models.BooleanField("sandbox", default=False)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "year", "is_sandbox"], name="number_series_once"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="numbers_count_up_by_one",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF NEW.last_number <> OLD.last_number + 1 THEN
                        RAISE EXCEPTION 'invoice numbers leave no gap'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="number_series_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity} {self.year}"
