"""Who sells: the legal entity on the invoice, and the brand that people see."""

import pghistory
from django.conf import settings
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models

from accounts.columns import TimeZoneNameField
from accounts.models.identity import Identified
from values.money import Rounding

COUNTRY = RegexValidator(r"^[A-Z]{2}$", "two capital letters, as in US")
COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", "a colour such as #1f6feb")
CODE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", "letters, digits, and _ . - after the first")
HOST_NAME = RegexValidator(
    r"^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
    "a host name in small letters, such as billing.example.com",
)


class TaxRegistration(models.TextChoices):
    """What a legal entity has said of its taxes."""

    UNDECIDED = "undecided", "not decided: invoices wait"
    NONE = "none", "no tax registered"


@pghistory.track()
class LegalEntity(Identified):
    """A company that issues invoices: number series, currency, tax registrations."""

    id_prefix = "ent"

    code = models.CharField(max_length=64, unique=True, validators=[CODE])
    name = models.CharField(max_length=200)
    address_line_1 = models.CharField(max_length=200, blank=True)
    address_line_2 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, validators=[COUNTRY])
    currency = models.CharField(
        max_length=3, choices=[(code, code) for code in settings.CURRENCIES], default="USD"
    )
    timezone = TimeZoneNameField()
    invoice_rounding = models.CharField(
        max_length=10,
        choices=[(Rounding.HALF_UP.value, "half up"), (Rounding.HALF_EVEN.value, "half even")],
        default=Rounding.HALF_UP.value,
        help_text="Once per line, to the currency's minor unit.",
    )
    tax_registration = models.CharField(
        max_length=20,
        choices=TaxRegistration.choices,
        default=TaxRegistration.UNDECIDED,
        help_text="Until this is decided no invoice of this company is issued.",
    )
    invoice_prefix = models.CharField(
        max_length=12,
        default="INV",
        validators=[CODE, MinLengthValidator(1)],
        help_text="Starts the invoice numbers: INV-2026-000001.",
    )

    class Meta:
        verbose_name_plural = "legal entities"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice_prefix"], name="legal_entity_invoice_prefix_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(tax_registration__in=TaxRegistration.values),
                name="legal_entity_tax_registration_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(exclude=["logo"])
class Brand(Identified):
    """The name under which a legal entity sells: logo, colours, sender, legal text."""

    id_prefix = "brd"

    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="brands")
    code = models.CharField(max_length=64, unique=True, validators=[CODE])
    name = models.CharField(max_length=200)
    # NULL, not empty: any number of brands may be without a domain of their own.
    domain = models.CharField(
        max_length=253,
        null=True,
        blank=True,
        unique=True,
        validators=[HOST_NAME],
        help_text="Where its customers sign in, as in billing.example.com; empty: the "
        "installation's own address.",
    )
    primary_colour = models.CharField(max_length=7, default="#1f4ed8", validators=[COLOUR])
    accent_colour = models.CharField(max_length=7, default="#0f766e", validators=[COLOUR])
    logo = models.BinaryField(
        null=True, blank=True, editable=False, help_text="A PNG of ours, made from the upload."
    )
    legal_text = models.TextField(blank=True, help_text="Printed at the foot of invoices.")
    sender_name = models.CharField(max_length=200, blank=True)
    sender_email = models.EmailField(blank=True)
    support_email = models.EmailField(blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            # Lets a customer's brand be held to the customer's legal entity by a foreign key.
            models.UniqueConstraint(fields=["id", "legal_entity"], name="brand_of_legal_entity")
        ]

    def __str__(self) -> str:
        return self.name
