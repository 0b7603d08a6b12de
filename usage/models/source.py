"""Who sent an event."""

import pghistory
from django.db import models
from django.db.models import Q

from accounts.models import KeyMode, Partner
from usage.intake.kept_properties import Keeping, PropertyRules


class KeepingChoice(models.TextChoices):
    """What is stored of a property."""

    KEEP = Keeping.KEEP.value, "kept"
    MASK = Keeping.MASK.value, "masked: of numbers the last four digits"
    DROP = Keeping.DROP.value, "dropped"


@pghistory.track(fields=["property_rules", "other_properties"], model_name="SourceChange")
class Source(models.Model):
    """
    A space of idempotency keys: one for each partner and mode.

    A key is unique within its source for ever, whatever customer its event
    belongs to; test and live events of a partner never meet.

    The rules of its properties stand in its own row, which every request reads anyway: events
    of a source without rules cost nothing more. They change by `change_property_rules` alone.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="sources")
    mode = models.CharField(max_length=4, choices=KeyMode.choices)
    property_rules = models.JSONField(
        default=dict, blank=True, help_text="Path of a property → keep, mask or drop."
    )
    other_properties = models.CharField(
        max_length=4, choices=KeepingChoice.choices, default=KeepingChoice.KEEP
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "mode"], name="source_once_for_each_mode"),
            models.CheckConstraint(condition=Q(mode__in=KeyMode.values), name="source_mode_known"),
            models.CheckConstraint(
                condition=Q(other_properties__in=KeepingChoice.values),
                name="source_keeping_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} ({self.mode})"

    @property
    def keeps_all(self) -> bool:
        """Return whether bodies are stored as they came."""
        return not self.property_rules and self.other_properties == KeepingChoice.KEEP

    def rules(self) -> PropertyRules:
        """Return what is kept of each property."""
        return PropertyRules(
            {path: Keeping(word) for path, word in self.property_rules.items()},
            Keeping(self.other_properties),
        )
