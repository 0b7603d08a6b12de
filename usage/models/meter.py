"""What is counted."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import LegalEntity
from accounts.models.seller import CODE
from usage.metering.meter import Aggregation
from usage.metering.meter import Meter as MeterTerms
from values.problems import InvalidTerms


class AggregationChoice(models.TextChoices):
    """How the events of a period become one quantity."""

    SUM = Aggregation.SUM.value, "sum of a property"
    COUNT = Aggregation.COUNT.value, "number of events"


@pghistory.track()
class Meter(models.Model):
    """A count of events: their name, what of them is added up, and by which properties."""

    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="meters")
    code = models.CharField(max_length=64, validators=[CODE])
    display_name = models.CharField(max_length=200)
    event_name = models.CharField(max_length=200)
    aggregation = models.CharField(max_length=20, choices=AggregationChoice.choices)
    property = models.CharField(
        max_length=200, blank=True, help_text="What is added up; nothing for a number of events."
    )
    group_keys = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Properties that make separate lines, separated by commas.",
    )
    unit = models.CharField(max_length=50, blank=True, help_text="minute, token, task …")
    allows_negative = models.BooleanField(
        "negative quantities",
        default=False,
        help_text="Accept events that take a quantity back. Not part of the plan file.",
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["legal_entity", "code"], name="meter_code_unique"),
            models.CheckConstraint(
                condition=models.Q(aggregation=Aggregation.COUNT.value, property="")
                | (models.Q(aggregation=Aggregation.SUM.value) & ~models.Q(property="")),
                name="meter_property_where_it_is_summed",
                violation_error_message="A sum needs its property, a count has none.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="meters_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="counting_meter_is_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (NEW.legal_entity_id, NEW.event_name, NEW.aggregation, NEW.property,
                        NEW.group_keys)
                       IS DISTINCT FROM
                       (OLD.legal_entity_id, OLD.event_name, OLD.aggregation, OLD.property,
                        OLD.group_keys)
                       AND EXISTS (SELECT 1 FROM usage_dimensionset WHERE meter_id = OLD.id)
                    THEN
                        RAISE EXCEPTION 'the meter has counted events; make a new one'
                            USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_name} ({self.code})"

    def terms(self) -> MeterTerms:
        """
        Return the meter as the engines know it.

        :raises InvalidTerms: when the row is not a meter that could count.
        """
        return MeterTerms(
            code=self.code,
            display_name=self.display_name,
            event_name=self.event_name,
            aggregation=Aggregation(self.aggregation),
            property=self.property or None,
            group_keys=tuple(self.group_keys),
            unit=self.unit or None,
            allows_negative=self.allows_negative,
        )

    def clean(self) -> None:
        if self.aggregation:
            try:
                self.terms()
            except InvalidTerms as error:
                raise ValidationError([problem.text() for problem in error.problems]) from error
