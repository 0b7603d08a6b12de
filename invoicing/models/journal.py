"""The append-only journal: balanced entries, from which balances are derived."""

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models

from accounts.columns import ExactMoneyField
from accounts.models import Customer, LegalEntity
from invoicing.models.credit import Grant
from invoicing.models.invoice import Invoice

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Account(models.TextChoices):
    """Where postings stand. Debits are positive, credits negative."""

    RECEIVABLE = "receivable", "receivable: what customers owe"
    REVENUE = "revenue", "revenue: what was earned"
    TAX_PAYABLE = "tax_payable", "tax payable: collected for others"
    CUSTOMER_CREDIT = "customer_credit", "customer credit: paid or promised, not used yet"
    PREPAYMENT = "prepayment", "prepayment: what was or will be paid for grants"
    PROMOTION = "promotion", "promotion: credit given away"


class JournalEntryKind(models.TextChoices):
    """What happened."""

    GRANT = "grant", "credit granted"
    INVOICE = "invoice", "invoice issued"
    CREDIT = "credit", "credit applied"


class JournalEntry(models.Model):
    """One balanced entry; its source can post each kind once."""

    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="journal_entries")
    kind = models.CharField(max_length=12, choices=JournalEntryKind.choices)
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, null=True, blank=True, related_name="journal_entries"
    )
    grant = models.ForeignKey(
        Grant, models.PROTECT, null=True, blank=True, related_name="journal_entries"
    )
    posted_at = models.DateTimeField()

    postings: "RelatedManager[Posting]"

    class Meta:
        verbose_name_plural = "journal entries"
        ordering = ["-posted_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "invoice", "grant"],
                nulls_distinct=False,
                name="journal_source_posts_once",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="journal_entry_is_fixed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.posted_at:%Y-%m-%d}"


class Posting(models.Model):
    """An amount on an account: debit positive, credit negative."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="postings")
    account = models.CharField(max_length=20, choices=Account.choices)
    currency = models.CharField(max_length=3)
    amount = ExactMoneyField()

    class Meta:
        ordering = ["entry", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(account__in=Account.values), name="posting_account_known"
            ),
            models.CheckConstraint(condition=~models.Q(amount=0), name="posting_not_nothing"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="posting_is_fixed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="journal_entry_balances",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (SELECT 1 FROM invoicing_posting WHERE entry_id = NEW.entry_id
                               GROUP BY currency HAVING sum(amount) <> 0) THEN
                        RAISE EXCEPTION 'journal entry % does not balance', NEW.entry_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_account_display()}: {self.amount}"
