"""Who buys, where, and by which clock."""

from datetime import datetime

import pghistory
import pgtrigger
from django.db import models

from accounts.columns import TimeZoneNameField
from accounts.models.identity import Identified
from accounts.models.seller import COUNTRY, Brand, LegalEntity


@pghistory.track()
class TestClock(Identified):
    """A clock of its own for sandbox customers; it moves forward by hand alone."""

    __test__ = False  # not a test case, whatever its name suggests to pytest
    id_prefix = "clk"

    name = models.CharField(max_length=200)
    now_at = models.DateTimeField("now")

    class Meta:
        ordering = ["name"]
        triggers = [
            pgtrigger.Protect(
                name="clock_never_goes_back",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__now_at__lt=pgtrigger.F("old__now_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.now_at:%Y-%m-%d %H:%M} UTC)"


class CustomerClass(models.TextChoices):
    """What kind of buyer, as tax rules ask."""

    BUSINESS = "business"
    RESIDENTIAL = "residential"
    GOVERNMENT = "government"
    NONPROFIT = "nonprofit"
    RESELLER = "reseller"


class VatStatus(models.TextChoices):
    """What is known of a VAT id."""

    VALID = "valid"
    INVALID = "invalid"
    UNVERIFIED = "unverified"


@pghistory.track()
class Customer(Identified):
    """A buyer: invoices go to it, usage belongs to it."""

    id_prefix = "cus"

    external_id = models.CharField(
        max_length=200, unique=True, help_text="The id that partners and plan files use."
    )
    name = models.CharField(max_length=200)
    email = models.EmailField("invoice e-mail", blank=True)
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="customers")
    brand = models.ForeignKey(Brand, models.PROTECT, related_name="customers")
    timezone = TimeZoneNameField()
    customer_class = models.CharField(
        "class", max_length=20, choices=CustomerClass.choices, default=CustomerClass.BUSINESS
    )
    vat_id = models.CharField("VAT id", max_length=32, blank=True)
    vat_status = models.CharField(
        "VAT status", max_length=12, choices=VatStatus.choices, default=VatStatus.UNVERIFIED
    )
    is_sandbox = models.BooleanField(
        "sandbox", default=False, help_text="Reached by test keys alone; may have a test clock."
    )
    test_clock = models.ForeignKey(
        TestClock, models.PROTECT, null=True, blank=True, related_name="customers"
    )
    credit_low_percent = models.PositiveSmallIntegerField(
        "warn when credit falls below (%)",
        default=20,
        help_text="Of the grants in force. 0: no warning.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(credit_low_percent__lte=100),
                name="customer_credit_low_percent_up_to_100",
                violation_error_message="A share of the grants: 0 to 100.",
            ),
            models.CheckConstraint(
                condition=models.Q(test_clock=None) | models.Q(is_sandbox=True),
                name="customer_test_clock_needs_sandbox",
                violation_error_message="Only a sandbox customer may have a test clock.",
            ),
            models.CheckConstraint(
                condition=~models.Q(external_id__startswith="cus_"),
                name="customer_external_id_is_not_ours",
                violation_error_message="An external id may not begin with cus_, as ours do.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="customers_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="sandbox_is_for_ever",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__is_sandbox__df=pgtrigger.F("old__is_sandbox")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def now(self, *, now: datetime) -> datetime:
        """Return this customer's time: its test clock's where it has one, else `now`."""
        return now if self.test_clock is None else self.test_clock.now_at


class AddressKind(models.TextChoices):
    """What an address is for."""

    BILLING = "billing"
    SERVICE = "service"


@pghistory.track()
class Address(models.Model):
    """Where a customer is billed, or uses the service."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=AddressKind.choices)
    line_1 = models.CharField(max_length=200, blank=True)
    line_2 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    county = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, validators=[COUNTRY])

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind"], name="one_address_of_each_kind")
        ]

    def __str__(self) -> str:
        parts = [self.line_1, self.line_2, self.city, self.state, self.postal_code, self.country]
        return ", ".join(part for part in parts if part)
