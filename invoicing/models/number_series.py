"""The last numbers that legal entities gave to invoices."""

import pgtrigger
from django.db import models

from accounts.models import LegalEntity


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
