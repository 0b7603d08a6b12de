"""Where a contract differs from its plan's prices."""

from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.columns import UnitPriceField
from catalog.models import Price, RateCard
from contracts.models.contract import Contract
from invoicing.rating import overrides as terms
from invoicing.rating import rate_card
from invoicing.rating.match_format import match_text
from values.exact import plain

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


def fixed_once_activated(name: str, *, contract_of_row: str) -> pgtrigger.Trigger:
    """
    Return the trigger that rows of an activated contract do not change.

    `contract_of_row` is SQL for the ids of its contract before and after the change.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF EXISTS (
                SELECT 1 FROM contracts_contract AS c
                WHERE c.activated_at IS NOT NULL AND c.id IN ({contract_of_row})
            ) THEN
                RAISE EXCEPTION 'the terms of an activated contract do not change'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        """,
    )


@pghistory.track()
class ContractOverride(models.Model):
    """Replaces keys of one price for one contract."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="overrides")
    price = models.ForeignKey(Price, models.PROTECT, related_name="+")
    unit_price = UnitPriceField(null=True, blank=True)
    fallback_rate = UnitPriceField(null=True, blank=True)
    rate_card = models.ForeignKey(
        RateCard,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Another card than the price's.",
    )
    terms_keys = models.JSONField(
        default=dict,
        blank=True,
        help_text="Other keys of the price that are replaced, in the words of the plan file.",
    )

    entries: "RelatedManager[OverrideEntry]"

    class Meta:
        ordering = ["contract", "price"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "price"], name="override_price_once"),
            models.CheckConstraint(
                condition=(Q(unit_price=None) | Q(unit_price__gte=0))
                & (Q(fallback_rate=None) | Q(fallback_rate__gte=0)),
                name="override_rates_not_negative",
                violation_error_message="A rate is not negative.",
            ),
        ]
        triggers = [
            fixed_once_activated(
                "activated_override_is_fixed",
                contract_of_row="OLD.contract_id, NEW.contract_id",
            )
        ]

    def __str__(self) -> str:
        return f"{self.price} of {self.contract}"

    def terms(self) -> terms.PriceOverride:
        """
        Return the override as the engine knows it.

        :raises InvalidTerms: when an entry is none.
        """
        return terms.PriceOverride(
            unit_price=self.unit_price,
            fallback_rate=self.fallback_rate,
            entries=tuple(entry.terms() for entry in self.entries.all()),
            keys=self.keys(),
            rate_card=self.rate_card.terms() if self.rate_card else None,
        )

    def keys(self) -> dict[str, object]:
        """Return the replaced keys that have no column as a number, as the plan file has them."""
        card = {"rate_card": self.rate_card.code} if self.rate_card else {}
        return {**self.terms_keys, **card}


@pghistory.track()
class OverrideEntry(models.Model):
    """A rate that replaces the card's entry of equal match, or stands beside the others."""

    override = models.ForeignKey(ContractOverride, models.CASCADE, related_name="entries")
    position = models.PositiveIntegerField(default=0)
    match = models.JSONField(default=dict, blank=True)
    rate = UnitPriceField()
    priority = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "override entries"
        ordering = ["override", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["override", "match", "priority"], name="override_entry_match_once"
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0), name="override_entry_rate_not_negative"
            ),
        ]
        triggers = [
            fixed_once_activated(
                "activated_override_entry_is_fixed",
                contract_of_row="SELECT o.contract_id FROM contracts_contractoverride AS o "
                "WHERE o.id IN (OLD.override_id, NEW.override_id)",
            )
        ]

    def __str__(self) -> str:
        return f"{match_text(rate_card.parse_match(self.match))}: {plain(self.rate)}"

    def terms(self) -> rate_card.RateEntry:
        """
        Return the entry as the engine knows it.

        :raises InvalidTerms: for a match that is none, or a rate that is negative or too fine.
        """
        return rate_card.RateEntry(
            match=rate_card.parse_match(self.match), rate=self.rate, priority=self.priority
        )
