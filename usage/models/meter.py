"""What is counted."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from accounts.models import LegalEntity
from accounts.models.seller import CODE
from usage.metering.meter import Aggregation
from usage.metering.meter import Meter as MeterTerms
from usage.metering.meter_format import PARTS, parse_parts, parts_of, stored_parts
from values.problems import InvalidTerms


class AggregationChoice(models.TextChoices):
    """How the events of a period become one quantity."""

    SUM = Aggregation.SUM.value, "sum of a property"
    COUNT = Aggregation.COUNT.value, "number of events"
    MAX = Aggregation.MAX.value, "highest value of a property"
    LATEST = Aggregation.LATEST.value, "latest value of a property"
    UNIQUE_COUNT = Aggregation.UNIQUE_COUNT.value, "number of different values of a property"
    WEIGHTED_SUM = Aggregation.WEIGHTED_SUM.value, "level of a property, by the time it is held"


@pghistory.track()
class Meter(models.Model):
    """A count of events: their name, what of them is added up, and by which properties."""

    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="meters")
    code = models.CharField(max_length=64, validators=[CODE])
    display_name = models.CharField(max_length=200)
    event_name = models.CharField(max_length=200)
    aggregation = models.CharField(max_length=20, choices=AggregationChoice.choices)
    property = models.CharField(
        max_length=200, blank=True, help_text="What is aggregated; nothing for a number of events."
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
    filters = models.JSONField(
        default=dict,
        blank=True,
        help_text="Which of the events of this name count: allowed values, or a range of numbers.",
    )
    event_rounding = models.JSONField(default=dict, blank=True)
    quantity_rounding = models.JSONField(default=dict, blank=True)
    unit_conversion = models.JSONField(default=dict, blank=True)
    action_property = models.CharField(
        max_length=200,
        blank=True,
        help_text="Which property names the action, where events are counted in credits.",
    )
    credit_units = models.JSONField(
        default=list,
        blank=True,
        help_text="How many credits each action takes, in versions.",
    )
    calls = models.BooleanField(
        default=False,
        help_text="Its events are phone calls: the time of one is its answer.",
    )
    reversed_by = ArrayField(
        models.CharField(max_length=500),
        default=list,
        blank=True,
        editable=False,
        help_text="Names of events that take back what this meter counts; prices say them.",
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["legal_entity", "code"], name="meter_code_unique"),
            models.CheckConstraint(
                condition=Q(aggregation=Aggregation.COUNT.value, property="")
                | (~Q(aggregation=Aggregation.COUNT.value) & ~Q(property=""))
                | (
                    ~Q(aggregation__in=[Aggregation.COUNT.value, Aggregation.UNIQUE_COUNT.value])
                    & (Q(calls=True) | ~Q(action_property=""))
                ),
                name="meter_property_where_it_is_aggregated",
                violation_error_message="A count has no property, everything else needs one.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="meters_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="counting_meter_is_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    -- Credits may gain versions and actions, which no event was counted by yet.
                    IF ((NEW.legal_entity_id, NEW.event_name, NEW.aggregation, NEW.property,
                         NEW.group_keys, NEW.filters, NEW.event_rounding, NEW.action_property,
                         NEW.calls)
                        IS DISTINCT FROM
                        (OLD.legal_entity_id, OLD.event_name, OLD.aggregation, OLD.property,
                         OLD.group_keys, OLD.filters, OLD.event_rounding, OLD.action_property,
                         OLD.calls)
                        OR NOT NEW.credit_units @> OLD.credit_units)
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
            calls=self.calls,
            **parse_parts({name: getattr(self, name) or None for name in PARTS}),
        )

    def take_parts(self, terms: MeterTerms) -> None:
        """Set the columns of the structured parts, each in one way of writing."""
        for name, part in stored_parts(parts_of(terms)).items():
            setattr(self, name, part)

    def clean(self) -> None:
        if self.aggregation:
            try:
                self.terms()
            except InvalidTerms as error:
                raise ValidationError([problem.text() for problem in error.problems]) from error
