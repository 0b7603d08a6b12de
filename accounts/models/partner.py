"""Who sends usage, and with which keys."""

from datetime import datetime

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models.customer import Customer
from accounts.models.identity import Identified


class KeyMode(models.TextChoices):
    """Which customers a key reaches."""

    LIVE = "live"
    TEST = "test"


class Scope(models.TextChoices):
    """What a key may do."""

    EVENTS_WRITE = "events:write", "send events"
    EVENTS_READ = "events:read", "read events"
    CUSTOMERS_READ = "customers:read", "read customers"
    SUBJECTS_WRITE = "subjects:write", "say who holds a number, agent or location"
    INVOICES_READ = "invoices:read", "read invoices"
    PRICES_READ = "prices:read", "preview prices"
    PLAN_FILE_WRITE = "plan_file:write", "change the price book by plan file"


def usual_scopes() -> list[str]:
    """Return what people of a partner may give their keys until staff say otherwise."""
    return [Scope.EVENTS_WRITE.value, Scope.EVENTS_READ.value, Scope.CUSTOMERS_READ.value]


@pghistory.track()
class Partner(Identified):
    """
    A platform that produces usage of some of our customers.

    Its own people make keys with `scopes_to_give`; money and prices are among them only where
    staff put them there, and the price book is changed by keys that staff make.
    """

    id_prefix = "par"

    name = models.CharField(max_length=200, unique=True)
    is_active = models.BooleanField("active", default=True)
    requires_event_keys = models.BooleanField(
        "events need a key",
        default=True,
        help_text="Without a key a repeated event cannot be told from a second one.",
    )
    scopes_to_give = ArrayField(
        models.CharField(max_length=40, choices=Scope.choices),
        default=usual_scopes,
        blank=True,
        verbose_name="scopes that its people may give",
        help_text="To API keys that they make on their own pages.",
    )
    customers = models.ManyToManyField(
        Customer, through="PartnerCustomer", related_name="partners", blank=True
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(scopes_to_give__contains=[Scope.PLAN_FILE_WRITE.value]),
                name="partner_gives_no_key_to_the_price_book",
                violation_error_message="Keys that change the price book are made by staff.",
            )
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class PartnerCustomer(models.Model):
    """A partner may send and read usage of this customer."""

    partner = models.ForeignKey(Partner, models.CASCADE)
    customer = models.ForeignKey(Customer, models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "customer"], name="partner_customer_once")
        ]

    def __str__(self) -> str:
        return f"{self.partner} → {self.customer}"


@pghistory.track(exclude=["secret_hash", "last_used_at"])
class ApiKey(models.Model):
    """A key of a partner. Its secret is shown once; only a hash is kept."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100, help_text="Where it is used.")
    mode = models.CharField(max_length=4, choices=KeyMode.choices)
    prefix = models.CharField(max_length=40, unique=True, editable=False)
    secret_hash = models.BinaryField(editable=False)
    scopes = ArrayField(models.CharField(max_length=40, choices=Scope.choices))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="replacements"
    )

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("created_at")),
                name="api_key_expires_after_it_is_made",
            ),
            models.CheckConstraint(condition=Q(mode__in=KeyMode.values), name="api_key_mode_known"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    def is_usable(self, *, now: datetime) -> bool:
        """Return whether the key, and its partner, may be used at `now`."""
        return (
            self.revoked_at is None
            and (self.expires_at is None or now < self.expires_at)
            and self.partner.is_active
        )
