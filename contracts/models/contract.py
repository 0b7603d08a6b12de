"""A customer on a plan for a range of time."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q

from accounts.models import Customer
from accounts.models.identity import Identified
from catalog.models import Plan
from catalog.models.versions import IdRange
from usage.models import Meter
from values.calendar import BillingCalendar, BillingInterval, last_day, local_date

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from contracts.models.override import ContractOverride
    from contracts.models.quantity import ContractQuantity


class ContractState(models.TextChoices):
    """Where a contract stands at a time; derived, never stored."""

    DRAFT = "draft"
    COMING = "coming"
    ACTIVE = "active"
    ENDED = "ended"


@pghistory.track()
class Contract(Identified):
    """
    A customer on a plan in `[starts_at, ends_at)`.

    The bounds are local midnights of the customer; people read the last day
    that counts. Once activated, its terms are fixed: what they say was billed.
    """

    id_prefix = "con"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contracts")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="contracts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    anchor_day = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text="The day on which periods begin; empty: that of the start.",
    )
    anchor_date = models.DateField(
        null=True,
        blank=True,
        help_text="A day on which a quarter or year begins; empty: that of the start.",
    )
    net_terms_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(3650)],
        help_text="Empty: those of the plan.",
    )
    activated_at = models.DateTimeField(null=True, blank=True, editable=False)

    overrides: "RelatedManager[ContractOverride]"
    quantities: "RelatedManager[ContractQuantity]"

    class Meta:
        ordering = ["-starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="contract_lasts_some_time",
                violation_error_message="A contract ends after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(anchor_day=None) | Q(anchor_day__range=(1, 31)),
                name="contract_anchor_day_of_a_month",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="activated_contract_is_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__activated_at__isnull=False),
                func="""
                    IF TG_OP = 'DELETE' OR NEW IS DISTINCT FROM OLD THEN
                        RAISE EXCEPTION 'the terms of an activated contract do not change'
                            USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.plan}"

    @property
    def payment_days(self) -> int:
        """Return the days from issue to due: the contract's own, else the plan's."""
        return self.plan.net_terms_days if self.net_terms_days is None else self.net_terms_days

    @property
    def start_date(self) -> date:
        """Return the first day, in the customer's zone."""
        return local_date(self.starts_at, self.customer.timezone)

    @property
    def last_date(self) -> date | None:
        """Return the last day that counts, in the customer's zone; None without an end."""
        return None if self.ends_at is None else last_day(self.ends_at, self.customer.timezone)

    def state(self, *, now: datetime) -> ContractState:
        """Return where the contract stands at the customer's `now`."""
        if self.activated_at is None:
            return ContractState.DRAFT
        if now < self.starts_at:
            return ContractState.COMING
        if self.ends_at is not None and self.ends_at <= now:
            return ContractState.ENDED
        return ContractState.ACTIVE

    def calendar(self) -> BillingCalendar:
        """Return the billing periods of this contract."""
        interval = BillingInterval(self.plan.billing_period)
        start = self.start_date
        if self.anchor_date is not None:
            return BillingCalendar.anchored(
                interval,
                self.anchor_date,
                zone=self.customer.timezone,
                start=self.starts_at,
                end=self.ends_at,
            )
        own_anchor = start.isoweekday() if interval is BillingInterval.WEEK else start.day
        return BillingCalendar(
            interval=interval,
            anchor_day=self.anchor_day or own_anchor,
            zone=self.customer.timezone,
            start=self.starts_at,
            end=self.ends_at,
        )

    def clean(self) -> None:
        if (
            self.customer_id
            and self.plan_id
            and self.customer.legal_entity_id != self.plan.legal_entity_id
        ):
            raise ValidationError({"plan": "This plan is of another legal entity."})
        if (
            self.plan_id
            and self.anchor_day
            and self.anchor_day > 7
            and self.plan.billing_period == BillingInterval.WEEK.value
        ):
            raise ValidationError({"anchor_day": "Weeks begin on a day from 1 (Monday) to 7."})
        if self.anchor_day is not None and self.anchor_date is not None:
            raise ValidationError({"anchor_date": "Write a day or a date, not both."})


class ContractMeter(models.Model):
    """
    An activated contract prices this meter for its customer in its range of time.

    Kept so that the database refuses two contracts that would bill the same usage.
    """

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="meters")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    meter = models.ForeignKey(Meter, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_contract_prices_a_meter",
                expressions=[
                    (IdRange("customer_id"), "&&"),
                    (IdRange("meter_id"), "&&"),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="priced_meter_is_fixed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract}: {self.meter}"
