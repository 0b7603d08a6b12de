"""What became of usage once it was priced, written by those who price it."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Customer
from usage.models.event import DimensionSet
from usage.models.meter import Meter


class Verdict(models.TextChoices):
    """The outcome for a combination of dimensions over a span of time."""

    RATED = "rated", "rated"
    FALLBACK = "fallback", "rated at the fallback"
    LATE = "late", "late: its period was billed before it came"
    NO_RATE = "no_rate", "no rate matches; not billed"
    BAD_VALUE = "bad_value", "a value that its price needs is missing or wrong; not billed"
    UNPRICED = "unpriced", "no price of the contract takes it"
    NO_CONTRACT = "no_contract", "no contract covers its time"


class RatingVerdict(models.Model):
    """
    What pricing decided for a customer's readings of one meter and combination.

    It covers the readings in `[starts_at, ends_at)` that `usage_snapshot` shows; those that
    came later wait for the next one, or are late once it is final; late ones may be less than
    nothing, where something billed is void by now. `line` is the public id of
    the invoice line that bills the readings, empty where none does.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="verdicts")
    meter = models.ForeignKey(Meter, models.PROTECT)
    dimensions = models.ForeignKey(DimensionSet, models.PROTECT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    quantity = models.DecimalField(max_digits=48, decimal_places=18)
    events = models.BigIntegerField()
    price = models.CharField(max_length=64, blank=True)
    hint = models.JSONField(null=True, blank=True)
    contract = models.CharField(max_length=40, blank=True)
    invoice = models.CharField(max_length=40, blank=True)
    line = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField()
    usage_snapshot = models.TextField()
    is_final = models.BooleanField(default=False)

    class Meta:
        ordering = ["-starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "customer",
                    "meter",
                    "dimensions",
                    "starts_at",
                    "verdict",
                    "invoice",
                    "price",
                ],
                name="verdict_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="verdict_covers_some_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["verdict", "-starts_at"],
                condition=~Q(verdict="rated"),
                name="verdict_to_look_at",
            )
        ]

    def __str__(self) -> str:
        return self.get_verdict_display()
