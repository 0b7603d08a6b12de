"""Who looked at call records, or took them away: what telecommunications law calls CPNI."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.customer import Customer
from accounts.models.partner import ApiKey, Partner

LONGEST_ASKED = 500


class LookedAs(models.TextChoices):
    """As whom somebody looked."""

    STAFF = "staff", "staff"
    PARTNER = "partner", "person of a partner"
    CUSTOMER = "customer", "person of a customer"
    API_KEY = "api_key", "API key"


class RecordLook(models.Model):
    """
    One request that showed events with their bodies, or listed calls.

    `page` is the name of the address; `customer` and `partner` whose records they are, as far as
    the request was about one alone. `asked` is what was looked for (long numbers in it are
    masked), or the public id of the one event. `rows` are the records that were shown; of an
    export it is empty until all were handed out.
    """

    at = models.DateTimeField()
    looked_as = models.CharField("as", max_length=10, choices=LookedAs.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="person",
    )  # fmt: skip
    api_key = models.ForeignKey(
        ApiKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="API key"
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="record_looks"
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="record_looks"
    )
    page = models.CharField(max_length=80)
    asked = models.CharField("asked for", max_length=LONGEST_ASKED, blank=True)
    rows = models.PositiveBigIntegerField("records", null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "look at call records"
        verbose_name_plural = "looks at call records"
        indexes = [models.Index(fields=["-at", "-id"], name="record_looks_in_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(looked_as="api_key", user=None, api_key__isnull=False)
                | Q(
                    looked_as__in=["staff", "partner", "customer"],
                    user__isnull=False,
                    api_key=None,
                ),
                name="record_look_by_somebody",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="record_looks_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="record_look_unchanged",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    -- An export's records are counted once, when the last was handed out.
                    IF OLD.rows IS NOT NULL OR NEW.rows IS NULL
                       OR to_jsonb(NEW) - 'rows' <> to_jsonb(OLD) - 'rows' THEN
                        RAISE EXCEPTION 'looks at call records are kept as they are'
                            USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.api_key} at {self.page}"
