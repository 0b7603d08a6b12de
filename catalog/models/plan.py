"""Prices bundled with a currency, a period and terms."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models

from accounts.models import LegalEntity
from accounts.models.identity import Identified
from accounts.models.seller import CODE
from catalog.models.price import Price
from values.calendar import BillingInterval

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from catalog.models.plan_grant import PlanGrant


class BillingPeriod(models.TextChoices):
    """How often a contract is billed."""

    WEEK = BillingInterval.WEEK.value, "week"
    MONTH = BillingInterval.MONTH.value, "month"
    QUARTER = BillingInterval.QUARTER.value, "quarter"
    YEAR = BillingInterval.YEAR.value, "year"


@pghistory.track()
class Plan(Identified):
    """What a customer signs up for."""

    id_prefix = "pln"

    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="plans")
    code = models.CharField(max_length=64, validators=[CODE])
    name = models.CharField(max_length=200)
    currency = models.CharField(
        max_length=3, choices=[(code, code) for code in settings.CURRENCIES], default="USD"
    )
    billing_period = models.CharField(
        max_length=10, choices=BillingPeriod.choices, default=BillingPeriod.MONTH
    )
    net_terms_days = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(3650)], help_text="0 is due on receipt."
    )
    autopay = models.BooleanField(default=False)
    grace_hours = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(24 * 90)],
        help_text="How long after the period's end a draft stays open for late usage.",
    )

    minimum_commitment = models.DecimalField(
        max_digits=30,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="What all its prices come to at least in a period.",
    )
    commitment_tax_code = models.CharField(max_length=64, blank=True)

    items: "RelatedManager[PlanPrice]"
    grants: "RelatedManager[PlanGrant]"

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["legal_entity", "code"], name="plan_code_unique"),
            models.CheckConstraint(
                condition=models.Q(minimum_commitment=None) | models.Q(minimum_commitment__gte=0),
                name="plan_commitment_not_negative",
                violation_error_message="A commitment is not negative.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class PlanPrice(models.Model):
    """A price of a plan, in the order of the invoice's lines."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="items")
    price = models.ForeignKey(Price, models.PROTECT, related_name="plan_items")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["plan", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["plan", "price"], name="plan_price_once")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.price}"
