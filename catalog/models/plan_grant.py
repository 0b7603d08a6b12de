"""Credit that a plan gives anew each period."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.columns import UnitPriceField
from accounts.models.seller import CODE
from catalog.models.plan import Plan
from invoicing.credits import plan_grants as terms
from invoicing.credits.grants import GrantKind, amount_problems

if TYPE_CHECKING:
    from decimal import Decimal


class PlanGrantKind(models.TextChoices):
    """What a grant pays: the total after tax, or the price before it."""

    PREPAID = "prepaid", "prepaid: pays the total after tax"
    PROMOTIONAL = "promotional", "promotional: lowers the taxable amount"


@pghistory.track()
class PlanGrant(models.Model):
    """Money or units that each contract on the plan is granted on a period's first day."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="grants")
    position = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=64, validators=[CODE])
    amount = models.DecimalField(max_digits=30, decimal_places=4, null=True, blank=True)
    quantity = UnitPriceField(null=True, blank=True)
    unit = models.CharField(max_length=50, blank=True, help_text="credit, minute … for units.")
    currency = models.CharField(
        max_length=3,
        blank=True,
        choices=[(code, code) for code in settings.CURRENCIES],
        help_text="Of the invoices that it pays; empty: the plan's.",
    )
    kind = models.CharField(
        max_length=12, choices=PlanGrantKind.choices, default=PlanGrantKind.PREPAID
    )
    expires_after_periods = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(1200)]
    )
    priority = models.SmallIntegerField(default=50, help_text="Lower first.")
    applies_to = ArrayField(
        models.CharField(max_length=64),
        default=list,
        blank=True,
        help_text="Sections or price codes, separated by commas; empty: all.",
    )

    class Meta:
        ordering = ["plan", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="plan_grant_code_unique"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, quantity=None, unit="")
                | (Q(amount=None, quantity__gt=0) & ~Q(unit="")),
                name="plan_grant_money_or_units",
                violation_error_message="Give an amount, or a quantity with its unit.",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        # Money or units is the constraint's to say.
        if self.amount is None or self.quantity is not None:
            return
        problems = amount_problems(self.amount, self.currency or self.plan.currency)
        if problems:
            words = [problem.message for problem in problems]
            raise ValidationError({"amount": words})

    def terms(self) -> terms.PlanGrant:
        """
        Return the grant as the engine knows it.

        :raises InvalidTerms: with paths relative to the grant, in the words of the plan file.
        """
        return terms.PlanGrant(
            code=self.code,
            kind=GrantKind(self.kind),
            currency=self.currency or self.plan.currency,
            amount=self.amount,
            quantity=self.quantity,
            unit=self.unit or None,
            expires_after_periods=self.expires_after_periods,
            priority=self.priority,
            applies_to=tuple(self.applies_to),
        )

    @property
    def size(self) -> "Decimal":
        """Return what is granted: an amount of its currency, or a quantity."""
        size = self.amount if self.quantity is None else self.quantity
        assert size is not None
        return size
