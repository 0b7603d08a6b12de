"""Quantities that a contract states by day: seats, lines, agents."""

import pghistory
from django.db import models
from django.db.models import Q

from accounts.columns import UnitPriceField
from contracts.models.contract import Contract
from contracts.models.override import fixed_once_activated
from values.exact import plain


@pghistory.track()
class ContractQuantity(models.Model):
    """How many of `name` (a seat price's code, or another word) there are from a day on."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="quantities")
    name = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    quantity = UnitPriceField()

    class Meta:
        verbose_name_plural = "contract quantities"
        ordering = ["contract", "name", "starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "name", "starts_at"], name="contract_quantity_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0),
                name="contract_quantity_not_negative",
                violation_error_message="A quantity is not negative.",
            ),
        ]
        triggers = [
            fixed_once_activated(
                "activated_quantity_is_fixed", contract_of_row="OLD.contract_id, NEW.contract_id"
            )
        ]

    def __str__(self) -> str:
        return f"{plain(self.quantity)} {self.name} from {self.starts_at:%Y-%m-%d}"
