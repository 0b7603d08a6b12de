"""What is sold."""

import pghistory
from django.db import models

from accounts.models import LegalEntity
from accounts.models.seller import CODE


@pghistory.track()
class Product(models.Model):
    """A thing that customers know by name; prices are for it."""

    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="products")
    code = models.CharField(max_length=64, validators=[CODE])
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["legal_entity", "code"], name="product_code_unique")
        ]

    def __str__(self) -> str:
        return self.name
