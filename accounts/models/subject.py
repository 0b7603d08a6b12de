"""What usage is sent about: a number, an agent, a location, and who holds it when."""

from collections.abc import Iterable

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast

from accounts.models.customer import Customer


class SubjectKind(models.TextChoices):
    """What a subject is."""

    NUMBER = "number"
    AGENT = "agent"
    LOCATION = "location"


class ValidRange(Func):
    """The range from two columns; no end means for ever."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


@pghistory.track()
class Subject(models.Model):
    """An identifier that belongs to one customer for a range of time."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="subjects")
    kind = models.CharField(max_length=10, choices=SubjectKind.choices)
    identifier = models.CharField(max_length=200)
    held_from = models.DateTimeField()
    held_to = models.DateTimeField(null=True, blank=True)
    # Its customer's, which never changes: live and test never meet, so that what a test key
    # says about a number leaves who is billed for it alone.
    is_sandbox = models.BooleanField("sandbox", default=False, editable=False)

    class Meta:
        ordering = ["identifier", "held_from"]
        # Equal to, and beginning with: partners name subjects, staff search for numbers.
        indexes = [
            models.Index(
                fields=["identifier"],
                name="subject_by_identifier",
                opclasses=["varchar_pattern_ops"],
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(held_to=None) | Q(held_to__gt=F("held_from")),
                name="subject_held_for_some_time",
                violation_error_message="A subject is held to a time after it is held from.",
            ),
            # The gist operators of text need an extension; a hash of it needs none, and two
            # identifiers of one hash would only be refused, never attributed wrongly.
            ExclusionConstraint(
                name="subject_held_by_one_customer",
                expressions=[
                    (
                        Func(
                            Func(F("identifier"), 0, function="hashtextextended"),
                            Func(F("identifier"), 0, function="hashtextextended"),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (
                        Func(
                            Cast("is_sandbox", models.IntegerField()),
                            Cast("is_sandbox", models.IntegerField()),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (ValidRange(F("held_from"), F("held_to")), "&&"),
                ],
                violation_error_message="Another customer, or an earlier entry, holds this "
                "identifier in a part of that time.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="mode_of_customer",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    SELECT is_sandbox INTO NEW.is_sandbox
                    FROM accounts_customer WHERE id = NEW.customer_id;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.identifier

    def clean(self) -> None:
        if self.customer_id is not None:
            self.is_sandbox = self.customer.is_sandbox
        # Named here as well: the constraint on ranges cannot be asked about a range that is none.
        if self.held_from and self.held_to and self.held_to <= self.held_from:
            raise ValidationError({"held_to": "A subject is held to a time after it is held from."})

    def validate_constraints(self, exclude: Iterable[str] | None = None) -> None:
        """Ask every constraint, also where a form without the mode would leave one out."""
        super().validate_constraints(exclude=set(exclude or ()) - {"is_sandbox"})
