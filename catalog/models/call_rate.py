"""Rates of calls: one row for each destination, band and kind of call of a price version."""

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.columns import UnitPriceField
from catalog.models.price import PriceVersion
from invoicing.rating.match_format import parse_match
from invoicing.rating.terms import call_rate as terms
from values.exact import exact_decimal


class CallRate(models.Model):
    """
    One row of a version's rates; empty text matches anything.

    Either a rate per minute with its increments, or `steps` by elapsed time in the words of
    the plan file.
    """

    version = models.ForeignKey(PriceVersion, models.CASCADE, related_name="call_rates")
    position = models.PositiveIntegerField(default=0)
    direction = models.CharField(max_length=40, blank=True)
    number_type = models.CharField(max_length=40, blank=True)
    prefix = models.CharField(max_length=32, blank=True, help_text="Digits; empty: every number.")
    band = models.CharField(max_length=40, blank=True)
    rate_jurisdiction = models.CharField(max_length=20, blank=True)
    match = models.JSONField(default=dict, blank=True)
    rate_per_minute = UnitPriceField(null=True, blank=True)
    initial_seconds = models.PositiveIntegerField(default=60)
    increment_seconds = models.PositiveIntegerField(default=60)
    steps = models.JSONField(default=list, blank=True)
    connect_fee = UnitPriceField(default=0)
    minimum_charge = UnitPriceField(null=True, blank=True)
    maximum_charge = UnitPriceField(null=True, blank=True)
    tax_code = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["version", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rate_per_minute__isnull=False, steps=[])
                | (Q(rate_per_minute=None) & ~Q(steps=[])),
                name="call_rate_by_minute_or_steps",
                violation_error_message="Give a rate per minute or steps, not both.",
            ),
            models.CheckConstraint(
                condition=Q(increment_seconds__gte=1), name="call_rate_increment_positive"
            ),
        ]
        indexes = [models.Index(fields=["version", "prefix"], name="call_rate_by_prefix")]
        triggers = [
            pgtrigger.Trigger(
                name="published_call_rate_is_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM catalog_priceversion
                               WHERE id IN (OLD.version_id, NEW.version_id)
                                 AND published_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a published version does not change; add a new one'
                            USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.prefix or "every number"

    def terms(self) -> terms.CallRate:
        """
        Return the row as the engine knows it.

        :raises InvalidTerms: with paths relative to the row.
        """
        return terms.CallRate(
            prefix=self.prefix,
            direction=self.direction or None,
            number_type=self.number_type or None,
            band=self.band or None,
            rate_jurisdiction=self.rate_jurisdiction or None,
            match=parse_match(self.match),
            rate_per_minute=self.rate_per_minute,
            initial_seconds=self.initial_seconds,
            increment_seconds=self.increment_seconds,
            steps=tuple(
                terms.RateStep(
                    from_second=step["from_second"],
                    price=exact_decimal(step["price"]),
                    per_seconds=step["per_seconds"],
                    increment_seconds=step["increment_seconds"],
                )
                for step in self.steps
            ),
            connect_fee=self.connect_fee,
            minimum_charge=self.minimum_charge,
            maximum_charge=self.maximum_charge,
            tax_code=self.tax_code or None,
        )
