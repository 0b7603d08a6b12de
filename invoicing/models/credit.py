"""Wallets: grants of credit, what was drawn from them, and for which lines."""

from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.columns import ExactMoneyField, UnitPriceField, exact
from accounts.models import Customer
from accounts.models.identity import Identified
from catalog.models import PlanGrant
from contracts.models import Contract
from invoicing.credits import grants as terms
from invoicing.credits.purse import Purse
from invoicing.models.invoice import Invoice
from invoicing.models.invoice_line import InvoiceLine, fixed_once_issued

if TYPE_CHECKING:
    from decimal import Decimal

    from django.db.models.fields.related_descriptors import RelatedManager


class GrantKind(models.TextChoices):
    """What a grant pays: the total after tax, or the price before it."""

    PREPAID = "prepaid", "prepaid: pays the total after tax"
    PROMOTIONAL = "promotional", "promotional: lowers the taxable amount"


@pghistory.track()
class Grant(Identified):
    """An amount of credit of a customer, with priority and expiry."""

    id_prefix = "grt"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="grants")
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, blank=True, related_name="grants"
    )
    plan_grant = models.ForeignKey(
        PlanGrant,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="lots",
        help_text="What of the plan gives it, one lot each period.",
    )
    code = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=GrantKind.choices, default=GrantKind.PREPAID)
    currency = models.CharField(max_length=3)
    amount = ExactMoneyField(help_text="0 for a grant of units.")
    quantity = UnitPriceField(null=True, blank=True, help_text="Of a grant of units.")
    unit = models.CharField(max_length=50, blank=True, help_text="credit, minute … for units.")
    paid_amount = ExactMoneyField(help_text="What was paid for it.")
    effective_from = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    priority = models.SmallIntegerField(default=50, help_text="Lower first.")
    applies_to = ArrayField(
        models.CharField(max_length=64),
        default=list,
        blank=True,
        help_text="Sections or price codes, separated by commas; empty: all.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    entries: "RelatedManager[GrantEntry]"

    class Meta:
        ordering = ["customer", "priority", F("expires_at").asc(nulls_last=True), "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "code"], condition=Q(plan_grant=None), name="grant_code_unique"
            ),
            # A plan gives a lot of the same code each period.
            models.UniqueConstraint(
                fields=["contract", "plan_grant", "effective_from"], name="grant_lot_unique"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, quantity=None, unit="")
                | (Q(amount=0, quantity__gt=0) & ~Q(unit="")),
                name="grant_money_or_units",
                violation_error_message="A grant is an amount, or a quantity with its unit.",
            ),
            models.CheckConstraint(
                condition=Q(paid_amount__gte=0), name="grant_paid_amount_not_negative"
            ),
            models.CheckConstraint(condition=Q(kind__in=GrantKind.values), name="grant_kind_known"),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("effective_from")),
                name="grant_valid_for_some_time",
                violation_error_message="A grant expires after it takes effect.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="grant_is_fixed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def size(self) -> "Decimal":
        """Return what was granted: an amount of its currency, or a quantity of its unit."""
        return exact(self.amount) if self.quantity is None else self.quantity

    @property
    def purse(self) -> Purse:
        """Return what it is counted in."""
        return Purse(self.currency, self.unit)

    def terms(self, *, left: "Decimal | None" = None) -> terms.GrantBalance:
        """Return the grant as the engine knows it, with what is left (default: all of it)."""
        return terms.GrantBalance(
            code=self.code,
            kind=terms.GrantKind(self.kind),
            left=self.size if left is None else left,
            currency=self.currency,
            effective_from=self.effective_from,
            expires_at=self.expires_at,
            priority=self.priority,
            applies_to=tuple(self.applies_to),
            unit=self.unit or None,
            reference=self.pk,
        )


class GrantEntryKind(models.TextChoices):
    """Why a balance moved."""

    GRANTED = "granted"
    DRAWN = "drawn"


class GrantEntry(models.Model):
    """A posted movement of a grant: what came in, what an issued invoice drew."""

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=GrantEntryKind.choices)
    currency = models.CharField(max_length=3)
    amount = ExactMoneyField(
        help_text="Positive in, negative out; of units what they are carried at."
    )
    # As exact as quantities of lines: a part of what is owed may be a third of a unit.
    quantity = models.DecimalField(
        max_digits=48,
        decimal_places=18,
        null=True,
        help_text="Of a grant of units, with the same sign.",
    )
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="grant_entries")
    posted_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "grant entries"
        ordering = ["grant", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant"], condition=Q(kind="granted"), name="granted_once"
            ),
            models.UniqueConstraint(fields=["grant", "invoice"], name="drawn_once_by_an_invoice"),
            models.CheckConstraint(
                condition=Q(kind="granted", amount__gt=0, quantity=None, invoice=None)
                | Q(kind="granted", amount__gte=0, quantity__gt=0, invoice=None)
                | Q(kind="drawn", amount__lt=0, quantity=None, invoice__isnull=False)
                | Q(kind="drawn", amount__lte=0, quantity__lt=0, invoice__isnull=False),
                name="grant_entry_sign_of_its_kind",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="grant_entry_is_fixed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="grant_never_overdrawn",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("held", "record"), ("balance", "numeric")],
                func="""
                    SELECT * INTO held FROM invoicing_grant WHERE id = NEW.grant_id FOR UPDATE;
                    SELECT coalesce(sum(coalesce(quantity, amount)), 0) INTO balance
                        FROM invoicing_grantentry WHERE grant_id = NEW.grant_id;
                    IF balance + coalesce(NEW.quantity, NEW.amount) < 0
                       OR NEW.currency <> held.currency
                       OR (NEW.quantity IS NULL) <> (held.quantity IS NULL)
                       OR (NEW.kind = 'granted'
                           AND coalesce(NEW.quantity, NEW.amount)
                               <> coalesce(held.quantity, held.amount)) THEN
                        RAISE EXCEPTION 'grant % holds %; it cannot take %',
                            held.code, balance, coalesce(NEW.quantity, NEW.amount)
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"

    @property
    def size(self) -> "Decimal":
        """Return by how much the balance moved: an amount, or a quantity of the grant's unit."""
        return exact(self.amount) if self.quantity is None else self.quantity


class CreditApplication(models.Model):
    """What a grant pays of an invoice: pending until the invoice is issued."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="credit_applications")
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="applications")
    position = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    amount = ExactMoneyField()
    quantity = models.DecimalField(
        max_digits=48, decimal_places=18, null=True, help_text="The units that paid it."
    )

    shares: "RelatedManager[CreditShare]"

    class Meta:
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "grant"], name="grant_applied_once"),
            # Units that cost less than a minor unit are used up for nothing.
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(amount=0, quantity__gt=0),
                name="credit_applied_positive",
            ),
        ]
        triggers = [fixed_once_issued("issued_credit_application_is_fixed")]

    def __str__(self) -> str:
        return f"{self.grant}: {self.amount}"

    @property
    def size(self) -> "Decimal":
        """Return what it takes off the grant: an amount, or a quantity of the grant's unit."""
        return exact(self.amount) if self.quantity is None else self.quantity


class CreditShare(models.Model):
    """The part of an application that pays one line."""

    application = models.ForeignKey(CreditApplication, models.CASCADE, related_name="shares")
    line = models.ForeignKey(InvoiceLine, models.CASCADE, related_name="credit_shares")
    currency = models.CharField(max_length=3)
    amount = ExactMoneyField()

    class Meta:
        ordering = ["application", "line__position"]
        constraints = [
            models.UniqueConstraint(fields=["application", "line"], name="credit_share_once")
        ]
        triggers = [
            fixed_once_issued(
                "issued_credit_share_is_fixed",
                invoice_of_row="SELECT a.invoice_id FROM invoicing_creditapplication AS a "
                "WHERE a.id IN (OLD.application_id, NEW.application_id)",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.amount}"
